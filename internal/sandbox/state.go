package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	LastMessage   int                        `json:"last_message"`
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
	return s.save()
}

func (s *Server) decode(raw []byte) error {
	// The version comes first: a file of another version may hold anything else.
	var head struct {
		Version int `json:"sandbox_state"`
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&head); err != nil {
		return fmt.Errorf("not readable as JSON: %w", err)
	}
	if head.Version != stateVersion {
		return fmt.Errorf("its version is %d, this sandbox reads version %d", head.Version, stateVersion)
	}
	var file stateFile
	if err := json.Unmarshal(raw[:decoder.InputOffset()], &file); err != nil {
		return fmt.Errorf("not readable: %w", err)
	}
	if file.Vendors == nil {
		file.Vendors = map[string]json.RawMessage{}
	}
	for number := 1; decoder.More(); number++ {
		var line change
		// A sandbox that was killed while it wrote leaves half a line behind.
		if err := decoder.Decode(&line); errors.Is(err, io.ErrUnexpectedEOF) {
			break
		} else if err != nil {
			return fmt.Errorf("change %d is not readable: %w", number, err)
		}
		if err := file.apply(line); err != nil {
			return fmt.Errorf("change %d does not fit: %w", number, err)
		}
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
	for i := range s.messages {
		s.messages[i].Number = max(s.messages[i].Number, i+1) // older files have none
		s.sent = max(s.sent, file.LastMessage, s.messages[i].Number)
	}
	s.messages = s.messages[max(0, len(s.messages)-maxMessages):]
	s.forget()
	return nil
}

// save writes the state file: a new file beside it, then a rename, so that the
// file is always whole. It holds codes and phone numbers: only its owner reads it.
func (s *Server) save() error {
	if s.path == "" {
		return nil
	}
	file := stateFile{
		Version: stateVersion, OffsetSeconds: int64(s.offset / time.Second), LastRequest: s.number, LastMessage: s.sent,
		Messages: s.messages, Requests: s.requests, Vendors: map[string]json.RawMessage{},
	}
	next := saved{message: s.sent, vendors: map[string]map[string]json.RawMessage{}}
	for _, v := range s.vendors {
		part, err := json.Marshal(v.State())
		if err != nil {
			return fmt.Errorf("writing the sandbox's state of %s: %w", v.Name(), err)
		}
		file.Vendors[v.Name()] = part
		if next.vendors[v.Name()], err = members(json.RawMessage(part)); err != nil {
			return fmt.Errorf("writing the sandbox's state of %s: %w", v.Name(), err)
		}
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	if err := errors.Join(s.letGo(), replaceFile(s.path, append(raw, '\n'))); err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	next.snapshot = len(raw)
	if next.file, err = os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	s.saved = next
	return nil
}

// letGo closes the state file; the next change writes it anew.
func (s *Server) letGo() error {
	if s.saved.file == nil {
		return nil
	}
	err := s.saved.file.Close()
	s.saved.file = nil
	return err
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
