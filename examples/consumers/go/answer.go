// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// absent is what a JSON pointer finds where nothing is.
type absent struct{}

// reply is what came of a call.
type reply struct {
	rule   rule
	answer any    // the JSON of the answer; absent{} if it is none
	note   string // for the operator
}

// transport neither follows redirects nor asks a proxy, and a connection of
// its own for each request leaves nothing to repeat.
var transport = &http.Transport{DisableKeepAlives: true, DisableCompression: true}

// perform makes a call. An error means that it was not made.
func (c *call) perform(vendor string, values map[string]string, locale string, resend bool) (reply, error) {
	request, err := c.request(vendor, values, locale, resend)
	if err != nil {
		return reply{}, err
	}
	status, body, fault := exchange(request, c.timeout())
	switch fault {
	case "next_route":
		return reply{rule{Outcome: fault}, absent{}, "no connection"}, nil
	case "unknown":
		return reply{rule{Outcome: fault}, absent{}, "no answer"}, nil
	}
	answer, note := parse(body), fmt.Sprintf("HTTP %d", status)
	for _, r := range c.Outcomes {
		if !slices.ContainsFunc(r.When, func(w condition) bool { return !w.holds(status, answer) }) {
			return reply{r, answer, note}, nil
		}
	}
	return reply{rule{Outcome: "unknown"}, answer, note}, nil
}

// timeout is how long to wait, in seconds.
func (c *call) timeout() int {
	if c.TimeoutSeconds == nil {
		return 30
	}
	return *c.TimeoutSeconds
}

// exchange makes one request. Where there is no answer, fault is its outcome;
// the error of the library is not told, for it quotes the query.
func exchange(request *http.Request, seconds int) (status int, body []byte, fault string) {
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	response, err := transport.RoundTrip(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err == nil {
		status = response.StatusCode
		body, err = io.ReadAll(io.LimitReader(response.Body, answerLimit+1))
		err = errors.Join(err, response.Body.Close())
	}
	switch {
	case err != nil && !connected: // refused, unknown name, TLS: nothing was sent
		return 0, nil, "next_route"
	case err != nil: // timeout, reset, not HTTP
		return 0, nil, "unknown"
	}
	return status, body, ""
}

// parse reads the JSON of an answer: what is no JSON, or too long, has no
// pointers.
func parse(body []byte) any {
	var answer any
	if len(body) <= answerLimit {
		body = bytes.TrimPrefix(body, []byte("\uFEFF")) // a byte order mark is no part of it
	}
	if len(body) > answerLimit || !utf8.Valid(body) || !json.Valid(body) || decode(body, &answer) != nil {
		return absent{}
	}
	return answer
}

// at follows a JSON pointer (RFC 6901).
func at(value any, pointer string) any {
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch node := value.(type) {
		case map[string]any:
			member, ok := node[token]
			if !ok {
				return absent{}
			}
			value = member
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || strconv.Itoa(index) != token || index < 0 || index >= len(node) {
				return absent{}
			}
			value = node[index]
		default:
			return absent{}
		}
	}
	return value
}

// holds reports whether a condition holds; one of an unknown form never does.
func (w condition) holds(status int, answer any) bool {
	if len(w.HTTPStatus) > 0 {
		return slices.Contains(w.HTTPStatus, status)
	}
	value := at(answer, *w.Pointer)
	if w.Absent != nil {
		return value == any(absent{})
	}
	if w.Prefix != nil {
		text, ok := value.(string)
		return ok && strings.HasPrefix(text, *w.Prefix)
	}
	return slices.ContainsFunc(w.In, func(entry any) bool { return same(value, entry) })
}

// same compares JSON types too: false is not 0, and 0 is not "0".
func same(left, right any) bool {
	switch left := left.(type) {
	case json.Number:
		right, ok := right.(json.Number)
		return ok && plain(left) == plain(right)
	case string, bool, nil:
		return left == right
	}
	return false
}

// plain is a number without sign of how it was written: 482913 for 482913.0.
func plain(number json.Number) string {
	if exact, ok := new(big.Rat).SetString(number.String()); ok && len(number) < 400 {
		return exact.RatString()
	}
	return number.String()
}
