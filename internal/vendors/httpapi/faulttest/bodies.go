package faulttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// large is what no vendor answers: 20 MB.
const large = 20 << 20

// bomb is 20 MB that travel as 20 kB.
var bomb = sync.OnceValue(func() []byte {
	return squeezed([]byte(`{"message": "` + strings.Repeat("a", large) + `"}`))
})

// heavy is 20 MB as they are.
var heavy = sync.OnceValue(func() []byte { return []byte(`{"message": "` + strings.Repeat("a", large) + `"}`) })

// bodies are faults of what an answer with a good status says.
func bodies() []Fault {
	const tooLarge = "larger than 1 MiB"
	always := func(text string) func(Answer) []byte { return func(Answer) []byte { return []byte(text) } }
	says := func(f Fault, sentence string) Fault { f.Says = sentence; return f }
	lost := func(f Fault, sentence string) Fault { f.Lost = true; return says(f, sentence) }
	some := func(f Fault) Fault { f.Some = true; return f }
	passes := func(f Fault) Fault { f.Passing = true; return f }
	right := func(f Fault) Fault { f.Right = true; return f }
	return []Fault{
		says(whole("204", 204, always("")), "the answer is empty"),
		says(whole("a page with 200", 200, func(right Answer) []byte {
			return fmt.Appendf(nil, "<html>Sign in%s<pre>%s</pre></html>", Hostile, right.asked)
		}, "Content-Type", "text/html"), `not JSON but "text/html"`),
		says(whole("an empty body", 200, always("")), "the answer is empty"),
		says(whole("JSON that is cut off", 200, func(right Answer) []byte { return right.Body[:len(right.Body)-1] }), "broken JSON"),
		whole("null", 200, always("null")),
		whole("a text", 200, always(`"ok"`)),
		whole("a number", 200, always("1")),
		whole("an empty list", 200, always("[]")),
		whole("an empty object", 200, always("{}")),
		some(whole("objects where values should be", 200, spoil(func(any) any { return map[string]any{"a": map[string]any{}} }))),
		some(whole("lists where values should be", 200, spoil(func(any) any { return []any{[]any{}} }))),
		some(whole("numbers out of range", 200, spoil(func(value any) any {
			if _, ok := value.(json.Number); ok {
				return json.Number("1e400")
			}
			return value
		}))),
		lost(whole("20 MB", 200, func(Answer) []byte { return heavy() }), tooLarge),
		lost(whole("a gzip bomb", 200, func(Answer) []byte { return bomb() }, "Content-Encoding", "gzip"), tooLarge),
		passes(lost(whole("gzip that is none", 200, func(right Answer) []byte { return right.Body }, "Content-Encoding", "gzip"), "gzip: invalid header")),
		says(whole("deep nesting", 200, always(strings.Repeat(`{"data":[`, 50_000))), "broken JSON"),
		whole("deep nesting that ends", 200, always(strings.Repeat(`{"data":[`, 4000)+strings.Repeat("]}", 4000))),
		says(whole("NaN", 200, always(`{"status": 200, "code": 0, "success": true, "data": {"balance": NaN}}`)), "broken JSON"),
		says(whole("Infinity", 200, always(`{"code": 0, "data": [Infinity]}`)), "broken JSON"),
		says(whole("two answers in one", 200, func(right Answer) []byte { return bytes.Repeat(right.Body, 2) }), "broken JSON"),
		whole("the last of two equal names is wrong", 200, func(right Answer) []byte { return doubled(right.Body, false) }),
		right(whole("the last of two equal names is right", 0, func(right Answer) []byte { return doubled(right.Body, true) })),
		right(whole("a byte order mark", 0, func(right Answer) []byte { return append([]byte("\ufeff\r\n"), right.Body...) })),
		right(whole("JSON that is called a page", 0, func(right Answer) []byte { return right.Body }, "Content-Type", "text/html; charset=utf-8")),
		some(whole("escape sequences", 200, spoil(func(value any) any {
			if text, ok := value.(string); ok {
				return Hostile + text + Hostile
			}
			return value
		}))),
		some(whole("invalid UTF-8", 200, func(right Answer) []byte {
			return regexp.MustCompile(`(:\s*")`).ReplaceAll(right.Body, []byte("${1}\xff\xfe\xc0\xaf"))
		})),
		says(whole("zero bytes", 200, func(right Answer) []byte { return append(bytes.Repeat([]byte{0}, 10), right.Body...) }), ""),
	}
}

// spoil changes every value of the right answer that is no object and no list.
func spoil(change func(any) any) func(Answer) []byte {
	return func(right Answer) []byte {
		decoder := json.NewDecoder(bytes.NewReader(right.Body))
		decoder.UseNumber()
		var tree any
		if decoder.Decode(&tree) != nil {
			return []byte(Hostile) // of a picture
		}
		raw, err := json.Marshal(spoiled(tree, change))
		if err != nil {
			return []byte(err.Error())
		}
		return raw
	}
}

func spoiled(node any, change func(any) any) any {
	switch node := node.(type) {
	case map[string]any:
		for name, member := range node {
			node[name] = spoiled(member, change)
		}
		return node
	case []any:
		for i, item := range node {
			node[i] = spoiled(item, change)
		}
		return node
	}
	return change(node)
}

// doubled has every name of the object twice, once with a value that no vendor
// gives: what a parser makes of it is its own choice, and all take the last.
func doubled(body []byte, rightLast bool) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	var first, second bytes.Buffer
	separator := "{"
	for name, value := range members {
		fmt.Fprintf(&first, "%s%q: [[\"wrong\"]]", separator, name)
		fmt.Fprintf(&second, "%s%q: %s", separator, name, value)
		separator = ", "
	}
	if !rightLast {
		first, second = second, first
	}
	return fmt.Appendf(nil, "%s, %s}", first.Bytes(), second.Bytes()[1:])
}
