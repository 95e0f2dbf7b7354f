package httpapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Clean is a text of a vendor as a person may see it: one line, without what a
// terminal would obey or what would hide or reorder other text. Joiners and
// direction marks, which Arabic, Persian and Indic names need, stay.
func Clean(text string) string {
	if !strings.ContainsFunc(text, unclean) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != ' ':
			return ' '
		case unclean(r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

func unclean(r rune) bool {
	switch r {
	case '\u200c', '\u200d', '\u200e', '\u200f', '\u061c':
		return false
	case unicode.ReplacementChar, '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// cleanJSON cleans every string of an answer before anything is made of it, so
// that nobody who shows one has to think of it. Of equal names in one object the
// last counts, as it does for the applications that read a document: what is
// decoded into a struct would be a mixture of both. What cannot be read is left
// as it is.
func cleanJSON(raw []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return raw
	}
	cleaned, err := json.Marshal(cleanTree(tree))
	if err != nil {
		return raw
	}
	return cleaned
}

func cleanTree(node any) any {
	switch node := node.(type) {
	case string:
		return Clean(node)
	case []any:
		for i, item := range node {
			node[i] = cleanTree(item)
		}
		return node
	case map[string]any:
		cleaned := make(map[string]any, len(node))
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if shown := Clean(name); shown == name || cleaned[shown] == nil { // the true name counts
				cleaned[shown] = cleanTree(node[name])
			}
		}
		return cleaned
	}
	return node
}
