package otp

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// writers are kept, because a plan writes hundreds of documents of 10 kB.
var writers = sync.Pool{New: func() any { return &writer{} }}

// newWriter is one that has written nothing. It goes back to writers.
func newWriter() *writer {
	w, _ := writers.Get().(*writer)
	w.text, w.keys, w.err = w.text[:0], w.keys[:0], nil
	return w
}

// writer writes a document in its canonical form. encoding/json can do that only
// on a detour, to a tree of maps and back, which takes longer than everything
// else that compile does.
type writer struct {
	text []byte
	keys []string // of the maps that are being written, the innermost last
	err  error    // the first one
}

// each writes an array; null where there is none.
func each[E any](w *writer, elements []E, write func(E)) {
	if elements == nil {
		w.null()
		return
	}
	w.open('[')
	for _, element := range elements {
		w.separate()
		write(element)
	}
	w.close(']')
}

// list writes an array of strings; null where there is none.
func list[S ~string](w *writer, values []S) {
	each(w, values, func(value S) { w.string(string(value)) })
}

// table writes an object; null where there is none.
func table[V any](w *writer, values map[string]V, write func(V)) {
	if values == nil {
		w.null()
		return
	}
	first := len(w.keys)
	for key := range values {
		w.keys = append(w.keys, key)
	}
	last := len(w.keys)
	slices.Sort(w.keys[first:])
	w.open('{')
	for i := first; i < last; i++ {
		w.separate()
		w.string(w.keys[i])
		w.text = append(w.text, ':')
		write(values[w.keys[i]])
	}
	w.close('}')
	w.keys = w.keys[:first]
}

// any writes what fields and conditions hold.
func (w *writer) any(value any) {
	switch value := value.(type) {
	case nil:
		w.null()
	case string:
		w.string(value)
	case bool:
		w.bool(value)
	case int:
		w.int(int64(value))
	case int64:
		w.int(value)
	case []string:
		list(w, value)
	case []any:
		each(w, value, w.any)
	case map[string]any:
		table(w, value, w.any)
	default:
		w.detour(value)
	}
}

func (w *writer) open(bracket byte) { w.text = append(w.text, bracket) }

func (w *writer) close(bracket byte) { w.text = append(w.text, bracket) }

// separate writes the comma before every member and element but the first.
func (w *writer) separate() {
	if last := w.text[len(w.text)-1]; last != '{' && last != '[' {
		w.text = append(w.text, ',')
	}
}

// key begins a member. Its name has nothing that JSON escapes.
func (w *writer) key(name string) {
	w.separate()
	w.text = append(append(append(w.text, '"'), name...), '"', ':')
}

func (w *writer) null() { w.text = append(w.text, "null"...) }

func (w *writer) bool(value bool) { w.text = strconv.AppendBool(w.text, value) }

func (w *writer) int(value int64) { w.text = strconv.AppendInt(w.text, value, 10) }

// limit is null where there is none.
func (w *writer) limit(value *int64) {
	if value == nil {
		w.null()
		return
	}
	w.int(*value)
}

func (w *writer) string(s string) {
	if !plainJSON(s) {
		w.detour(s)
		return
	}
	w.text = append(append(append(w.text, '"'), s...), '"')
}

// plainJSON reports whether encoding/json writes a string as it is.
func plainJSON(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}

// detour writes a value of any kind: to a tree, whose keys encoding/json sorts,
// and back.
func (w *writer) detour(value any) {
	text, err := sortedJSON(value)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.text = append(w.text, text...)
}

func sortedJSON(value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
