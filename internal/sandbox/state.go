package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// stateVersion is the version of the state file's format.
const stateVersion = 1

// stateFile is what the file holds. Faults are not kept: they are orders for
// the run at hand.
type stateFile struct {
	Version       int                        `json:"sandbox_state"`
	OffsetSeconds int64                      `json:"clock_offset_seconds"`
	LastRequest   int                        `json:"last_request"`
	Messages      []Message                  `json:"messages"`
	Requests      []*Request                 `json:"requests"`
	Vendors       map[string]json.RawMessage `json:"vendors"`
}

// load reads the state file, or makes it, so that a place that cannot be
// written is known at once.
func (s *Server) load() error {
	if s.path == "" {
		return nil
	}
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s.save()
	}
	if err != nil {
		return fmt.Errorf("reading the sandbox's state: %w", err)
	}
	if err := s.decode(raw); err != nil {
		return fmt.Errorf("sandbox state file %s: %w; it was left as it is, move it away to start afresh", s.path, err)
	}
	return nil
}

func (s *Server) decode(raw []byte) error {
	// The version comes first: a file of another version may hold anything else.
	var head struct {
		Version int `json:"sandbox_state"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return fmt.Errorf("not readable as JSON: %w", err)
	}
	if head.Version != stateVersion {
		return fmt.Errorf("its version is %d, this sandbox reads version %d", head.Version, stateVersion)
	}
	var file stateFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("not readable: %w", err)
	}
	for _, v := range s.vendors {
		part, ok := file.Vendors[v.Name()]
		if !ok {
			continue // written before the sandbox had this vendor
		}
		if err := v.Restore(part); err != nil {
			return fmt.Errorf("state of %s not readable: %w", v.Name(), err)
		}
	}
	s.offset = time.Duration(file.OffsetSeconds) * time.Second
	s.messages, s.requests, s.number = file.Messages, file.Requests, file.LastRequest
	return nil
}

// save writes the state file: a new file beside it, then a rename, so that the
// file is always whole. It holds codes and phone numbers: only its owner reads it.
func (s *Server) save() error {
	if s.path == "" {
		return nil
	}
	file := stateFile{
		Version: stateVersion, OffsetSeconds: int64(s.offset / time.Second), LastRequest: s.number,
		Messages: s.messages, Requests: s.requests, Vendors: map[string]json.RawMessage{},
	}
	for _, v := range s.vendors {
		part, err := json.Marshal(v.State())
		if err != nil {
			return fmt.Errorf("writing the sandbox's state of %s: %w", v.Name(), err)
		}
		file.Vendors[v.Name()] = part
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	if err := replaceFile(s.path, raw); err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	return nil
}

func replaceFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
