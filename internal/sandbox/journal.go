package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// minJournal is how many bytes of changes are written at the end of the state
// file before it is written anew; a large file takes as many as it is long.
const minJournal = 1 << 20

// saved is what the state file holds, so that a change is written as no more
// than what changed.
type saved struct {
	file     *os.File // nil: the file has to be written anew
	snapshot int      // bytes of the state at the beginning of the file
	changes  int      // bytes of the changes behind it
	message  int      // number of the last message in it
	vendors  map[string]map[string]json.RawMessage
}

// change is one line behind the state at the beginning of the file.
type change struct {
	OffsetSeconds int64                      `json:"clock_offset_seconds"`
	LastRequest   int                        `json:"last_request"`
	LastMessage   int                        `json:"last_message"`
	Messages      []Message                  `json:"messages,omitempty"` // new ones
	Request       *Request                   `json:"request,omitempty"`  // new, or with its answer
	Vendors       map[string]map[string]edit `json:"vendors,omitempty"`
}

// edit is what became of one member of a vendor's state: another value, or a
// list that lost elements in front, changed in places and grew.
type edit struct {
	Value  json.RawMessage         `json:"value,omitempty"`
	Drop   int                     `json:"drop,omitempty"`
	Set    map[int]json.RawMessage `json:"set,omitempty"`
	Append []json.RawMessage       `json:"append,omitempty"`
}

// journal writes what changed behind the state file's end. What a change cannot
// say, such as a reset, writes the file anew.
func (s *Server) journal(request *Request) error {
	if s.path == "" {
		return nil
	}
	rewritten := len(s.messages) == 0 || s.messages[len(s.messages)-1].Number < s.saved.message
	if s.saved.file == nil || s.saved.changes > max(minJournal, s.saved.snapshot) || (rewritten && s.saved.message > 0) {
		return s.save()
	}
	line := change{OffsetSeconds: int64(s.offset.Seconds()), LastRequest: s.number, LastMessage: s.sent, Request: request}
	for _, message := range s.messages {
		if message.Number > s.saved.message {
			line.Messages = append(line.Messages, message)
		}
	}
	kept, err := s.edits(&line)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	raw = append(raw, '\n')
	if _, err := os.Lstat(s.path); err != nil { // moved away, or its folder is gone
		return s.save()
	}
	if _, err := s.saved.file.Write(raw); err != nil {
		return fmt.Errorf("writing the sandbox's state: %w", err)
	}
	s.saved.changes += len(raw)
	s.saved.message, s.saved.vendors = s.sent, kept
	return nil
}

// edits adds to a line what changed at the vendors, and returns their states.
func (s *Server) edits(line *change) (map[string]map[string]json.RawMessage, error) {
	kept := map[string]map[string]json.RawMessage{}
	for _, v := range s.vendors {
		state, err := members(v.State())
		if err != nil {
			return nil, fmt.Errorf("writing the sandbox's state of %s: %w", v.Name(), err)
		}
		kept[v.Name()] = state
		for name, value := range state {
			before := s.saved.vendors[v.Name()][name]
			if bytes.Equal(before, value) {
				continue
			}
			if line.Vendors == nil {
				line.Vendors = map[string]map[string]edit{}
			}
			if line.Vendors[v.Name()] == nil {
				line.Vendors[v.Name()] = map[string]edit{}
			}
			line.Vendors[v.Name()][name] = difference(before, value)
		}
	}
	return kept, nil
}

func members(state any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	out := map[string]json.RawMessage{}
	return out, json.Unmarshal(raw, &out)
}

// difference is how a value came from another.
func difference(before, after json.RawMessage) edit {
	var was, is []json.RawMessage
	if json.Unmarshal(before, &was) != nil || json.Unmarshal(after, &is) != nil || len(was) == 0 {
		return edit{Value: after}
	}
	drop := 0
	if len(is) > 0 { // lists lose their oldest elements in front
		for drop < len(was) && !bytes.Equal(was[drop], is[0]) && drop < 64 {
			drop++
		}
		if drop == len(was) || drop == 64 {
			drop = 0
		}
	}
	out := edit{Drop: drop}
	rest := was[drop:]
	if len(is) < len(rest) {
		return edit{Value: after}
	}
	for i, element := range is {
		switch {
		case i >= len(rest):
			out.Append = append(out.Append, element)
		case !bytes.Equal(rest[i], element):
			if out.Set == nil {
				out.Set = map[int]json.RawMessage{}
			}
			out.Set[i] = element
		}
	}
	return out
}

// apply is what a value becomes.
func (e edit) apply(value json.RawMessage) (json.RawMessage, error) {
	if e.Value != nil {
		return e.Value, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(value, &list); err != nil {
		return nil, err
	}
	if e.Drop > len(list) {
		return nil, errors.New("a change drops more than there is")
	}
	list = list[e.Drop:]
	for i, element := range e.Set {
		if i < 0 || i >= len(list) {
			return nil, errors.New("a change is about an element that is not there")
		}
		list[i] = element
	}
	return json.Marshal(append(list, e.Append...))
}

// apply does what a line of the file says.
func (f *stateFile) apply(line change) error {
	f.OffsetSeconds, f.LastRequest, f.LastMessage = line.OffsetSeconds, line.LastRequest, line.LastMessage
	f.Messages = append(f.Messages, line.Messages...)
	if line.Request != nil {
		// A request may be in the file from before its answer.
		f.Requests = slices.DeleteFunc(f.Requests, func(r *Request) bool { return r.Number == line.Request.Number })
		f.Requests = append(f.Requests, line.Request)
	}
	for vendor, edits := range line.Vendors {
		state := map[string]json.RawMessage{}
		if before, ok := f.Vendors[vendor]; ok {
			if err := json.Unmarshal(before, &state); err != nil {
				return err
			}
		}
		for name, edit := range edits {
			value, err := edit.apply(state[name])
			if err != nil {
				return err
			}
			state[name] = value
		}
		raw, err := json.Marshal(state)
		if err != nil {
			return err
		}
		f.Vendors[vendor] = raw
	}
	return nil
}
