// Package conformance plays the cases of this folder: what a program that sends
// by profile documents must do, and must never do. A case is data, so that a
// consumer in any language is held to the same; its name is a sentence of the
// contract.
package conformance

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed *.json documents/*.json
var files embed.FS

// Case is one story.
type Case struct {
	Name string `json:"name"`
	Rule string `json:"-"` // the name of its file
	// Routes name the files of documents/ that the document is made of.
	Routes []string `json:"routes"`
	// Edit changes the document: a JSON Patch (RFC 6902) of add, replace, remove.
	Edit []Patch `json:"edit"`
	// Text takes the place of the document, and Tail follows it.
	Text *string `json:"text"`
	Tail string  `json:"tail"`
	// Environment is set beside Credentials; empty values unset. VENDOR is the
	// scripted vendor, VENDOR_TLS one whose certificate nobody trusts.
	Environment map[string]string `json:"environment"`
	Steps       []Step            `json:"steps"`
}

// Patch is one operation of a JSON Patch.
type Patch struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// Step is what the person does, what the vendor answers, and what must happen.
type Step struct {
	// After is how many seconds pass before.
	After int64 `json:"after"`
	// Do is the command. <made> stands for the code that the application made.
	Do      []string `json:"do"`
	Answers []Answer `json:"answers"`
	// Requests are those that must be made, in order and no others.
	Requests []Request `json:"requests"`
	Result   *Result   `json:"result"`
	// Refused says that the call is not made, and Says what the operator is told.
	Refused bool   `json:"refused"`
	Says    string `json:"says"`
}

// Answer is what the vendor answers: JSON, a body, or a fault by name.
type Answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	JSON    json.RawMessage   `json:"json"`
	Body    string            `json:"body"`
	Fault   string            `json:"fault"`
}

// Request is one HTTP request. Exactly one of the encodings is there.
type Request struct {
	Method    string            `json:"method"`
	Path      string            `json:"path"` // as it travels
	Headers   map[string]string `json:"headers,omitempty"`
	JSON      json.RawMessage   `json:"json,omitempty"`
	Form      map[string]string `json:"form,omitempty"`
	Multipart map[string]string `json:"multipart,omitempty"`
	Query     map[string]string `json:"query,omitempty"`
}

// Result is what a command tells.
type Result struct {
	Outcome           string `json:"outcome"`
	Route             *int   `json:"route,omitempty"`
	Remaining         *int   `json:"remaining,omitempty"`
	RetryAfterSeconds int64  `json:"retry_after_seconds,omitempty"`
	Refused           []int  `json:"refused,omitempty"` // the routes that sent nothing before
}

// Cases are all cases, in order.
func Cases() ([]Case, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		raw, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		var file struct {
			Cases []Case `json:"cases"`
		}
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&file); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		for _, c := range file.Cases {
			c.Rule = strings.TrimSuffix(entry.Name(), ".json")
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// Document is the text of the case's document.
func (c Case) Document() (string, error) {
	if c.Text != nil {
		return *c.Text, nil
	}
	document, err := tree("login")
	if err != nil {
		return "", err
	}
	routes := []any{}
	for _, name := range c.Routes {
		route, err := tree(name)
		if err != nil {
			return "", err
		}
		routes = append(routes, route)
	}
	document["routes"] = routes
	for _, patch := range c.Edit {
		if err := patch.apply(document); err != nil {
			return "", fmt.Errorf("%s: %s: %w", c.Name, patch.Path, err)
		}
	}
	text, err := json.Marshal(document)
	return string(text) + c.Tail, err
}

func tree(name string) (map[string]any, error) {
	raw, err := files.ReadFile(path.Join("documents", name+".json"))
	if err != nil {
		return nil, err
	}
	return decode[map[string]any](raw)
}

// decode keeps numbers as they are written.
func decode[T any](raw []byte) (value T, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

func (p Patch) apply(to any) error {
	tokens := strings.Split(p.Path, "/")[1:]
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	last := tokens[len(tokens)-1]
	for _, token := range tokens[:len(tokens)-1] {
		switch node := to.(type) {
		case map[string]any:
			to = node[token]
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index >= len(node) {
				return fmt.Errorf("there is no %s", token)
			}
			to = node[index]
		}
	}
	var value any
	if p.Op != "remove" {
		var err error
		if value, err = decode[any](p.Value); err != nil {
			return err
		}
	}
	switch node := to.(type) {
	case map[string]any:
		if _, present := node[last]; !present && p.Op != "add" {
			return fmt.Errorf("there is no %s", last)
		}
		if p.Op == "remove" {
			delete(node, last)
		} else {
			node[last] = value
		}
		return nil
	case []any:
		if index, err := strconv.Atoi(last); err == nil && index < len(node) && p.Op != "remove" {
			node[index] = value
			return nil
		}
	}
	return fmt.Errorf("it cannot be changed by %s", p.Op)
}

// Credentials are the environment of every case, but for the base URLs.
var Credentials = map[string]string{
	"OTP_OCTOPUSH_API_KEY": "made-up-octopush-key", "OTP_OCTOPUSH_API_LOGIN": "ops@acme.example",
	"OTP_OCTOPUSH_EU_API_KEY": "made-up-eu-key",
	"OTP_MYOTP_API_KEY":       "made-up-myotp-key", "OTP_ANDROIDAPI_SECRET": "made+up/androidapi&secret",
	"OTP_WAY2API_API_KEY": "made-up-way2api-key",
}

// secure reports whether a case needs VENDOR_TLS.
func (c Case) secure() bool {
	for _, value := range c.Environment {
		if strings.Contains(value, "VENDOR_TLS") {
			return true
		}
	}
	return false
}

// environment is that of a case.
func (c Case) environment(v *vendor) map[string]string {
	vendor, tls := v.plain.URL, ""
	if v.tls != nil {
		tls = v.tls.URL
	}
	all := map[string]string{}
	for name, value := range Credentials {
		all[name] = value
	}
	for _, name := range []string{"OCTOPUSH", "OCTOPUSH_EU", "MYOTP", "ANDROIDAPI", "WAY2API"} {
		all["OTP_"+name+"_BASE_URL"] = vendor + "/" + strings.ToLower(name)
	}
	for name, value := range c.Environment {
		all[name] = strings.ReplaceAll(strings.ReplaceAll(value, "VENDOR_TLS", tls), "VENDOR", vendor)
	}
	return all
}

// secrets are what must never be printed, or stored but as a keyed hash.
func (c Case) secrets(environment map[string]string) []string {
	secrets := []string{"leak-marker"}
	for name, value := range environment {
		if value != "" && (strings.HasSuffix(name, "_SECRET") || strings.HasSuffix(name, "_API_KEY")) {
			secrets = append(secrets, value)
		}
	}
	for _, step := range c.Steps {
		if code := step.typed(); len(code) >= 6 && code != Made {
			secrets = append(secrets, code)
		}
	}
	slices.Sort(secrets)
	return slices.Compact(secrets)
}

// typed is the code of a verify.
func (s Step) typed() string {
	if s.Do[0] == "verify" {
		return s.Do[len(s.Do)-1]
	}
	return ""
}

// phone is the phone of a command.
func (s Step) phone() string {
	for _, word := range s.Do {
		if strings.HasPrefix(word, "+") {
			return word
		}
	}
	return ""
}
