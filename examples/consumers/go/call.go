// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// defaultBaseURLs say where a vendor is when the environment does not.
var defaultBaseURLs = map[string]string{
	"androidapi": "https://androidapi.net/api",
	"myotp":      "https://api.myotp.app",
	"octopush":   "https://api.octopush.com/v1/public",
	"way2api":    "https://app.way2api.com/api/v1",
}

var integer = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

// unfilled is the name of a placeholder without a value: the call is not made.
type unfilled string

func (u unfilled) Error() string { return string(u) + " has no value" }

// oldLanguages are names of languages that browsers and systems still use, and
// what they are called now.
var oldLanguages = map[string]string{"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr-latn", "tl": "fil"}

func canonical(tag string) string {
	subtags := strings.Split(strings.ToLower(tag), "-")
	today, old := oldLanguages[subtags[0]]
	if !old {
		return strings.ToLower(tag)
	}
	if len(subtags) > 1 && len(subtags[1]) == 4 { // a script that the tag names stays
		today, _, _ = strings.Cut(today, "-")
	}
	return strings.Join(append([]string{today}, subtags[1:]...), "-")
}

// byLocale finds the longest match of a BCP 47 tag: fr-CA, then fr, then the
// default.
func byLocale[T any](entries map[string]T, locale string) (found T) {
	for tag := canonical(locale); ; {
		for name, entry := range entries {
			if canonical(name) == tag {
				return entry
			}
		}
		if tag == "" {
			return found
		}
		tag = tag[:max(strings.LastIndex(tag, "-"), 0)]
	}
}

// fill fills in every placeholder in one pass: what was filled in is not
// looked at again.
func fill(template string, values map[string]string) (string, error) {
	var missing error
	filled := placeholder.ReplaceAllStringFunc(template, func(found string) string {
		match := placeholder.FindStringSubmatch(found)
		value, name := values[match[2]], match[2]
		if name == "" {
			value, name = os.Getenv(match[1]), match[1]
		}
		if value == "" && missing == nil {
			missing = unfilled(name)
		}
		return value
	})
	return filled, missing
}

func (c *call) fill(values map[string]string, locale string, resend bool) (map[string]any, error) {
	fields := maps.Clone(c.Fields)
	maps.Copy(fields, byLocale(c.ByLocale, locale))
	if resend {
		maps.Copy(fields, c.Resend)
	}
	if len(c.Texts) > 0 {
		values = maps.Clone(values)
		values["text"] = byLocale(c.Texts, locale)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, err := c.fillField(fields[name], values)
		switch {
		case errors.As(err, new(unfilled)) && slices.Contains(c.OmitIfMissing, name):
			delete(fields, name)
		case err != nil:
			return nil, err
		default:
			fields[name] = value
		}
	}
	return fields, nil
}

// fillField fills in a field, at any depth.
func (c *call) fillField(field any, values map[string]string) (any, error) {
	switch node := field.(type) {
	case string:
		value, err := fill(node, values)
		if err != nil || c.Encoding != "json" || !strings.HasSuffix(node, ":number}}") {
			return value, err
		}
		if !integer.MatchString(value) {
			return nil, errors.New("what is filled into a field is not a number")
		}
		return json.Number(value), nil
	case map[string]any:
		filled := map[string]any{}
		for name, inner := range node {
			value, err := c.fillField(inner, values)
			if err != nil {
				return nil, err
			}
			filled[name] = value
		}
		return filled, nil
	case []any:
		filled := make([]any, len(node))
		for i, inner := range node {
			value, err := c.fillField(inner, values)
			if err != nil {
				return nil, err
			}
			filled[i] = value
		}
		return filled, nil
	}
	return field, nil
}

// fillPath fills in the path: each placeholder is one segment, which leads to no
// other path.
func (c *call) fillPath(values map[string]string) (string, error) {
	segments := strings.Split(c.path(), "/")
	for i, template := range segments {
		if !strings.HasPrefix(template, "{{") {
			continue
		}
		value, err := fill(template, values)
		if err != nil {
			return "", err
		}
		if value == "." || value == ".." {
			return "", errors.New("what is filled in would lead to another path")
		}
		segments[i] = escape(value)
	}
	return strings.Join(segments, "/"), nil
}

// escape percent-encodes every byte but those that RFC 3986 does not reserve.
func escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		if b := text[i]; b < 0x80 && strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", rune(b)) {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}

// baseURL says where the vendor is: https, or http on loopback, so that
// credentials go nowhere else.
func baseURL(variable, vendor string) (string, error) {
	raw := os.Getenv(variable)
	if raw == "" {
		raw = defaultBaseURLs[vendor]
	}
	parts, err := url.Parse(raw)
	if err == nil && parts.Hostname() != "" && !strings.ContainsAny(raw, "@?# \t\r\n") {
		address, _ := netip.ParseAddr(parts.Hostname()) // a name is no address, and not loopback
		loopback := strings.EqualFold(parts.Hostname(), "localhost") || address.IsLoopback()
		if parts.Scheme == "https" || parts.Scheme == "http" && loopback {
			return strings.TrimRight(raw, "/"), nil
		}
	}
	return "", fmt.Errorf("%s must be an https URL, or http on loopback, without user or query", variable)
}

// encode makes the query, the body and its content type.
func encode(encoding string, fields map[string]any) (query string, body []byte, contentType string, err error) {
	var out bytes.Buffer
	if encoding == "json" {
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(fields)
		return "", bytes.TrimRight(out.Bytes(), "\n"), "application/json", err
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, fmt.Sprint(value))
	}
	switch encoding {
	case "form":
		return "", []byte(values.Encode()), "application/x-www-form-urlencoded", nil
	case "query":
		return "?" + values.Encode(), nil, "", nil
	}
	parts := multipart.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		err = errors.Join(err, parts.WriteField(name, values.Get(name)))
	}
	err = errors.Join(err, parts.Close())
	return "", out.Bytes(), parts.FormDataContentType(), err
}

// request makes the HTTP request of a call.
func (c *call) request(vendor string, values map[string]string, locale string, resend bool) (*http.Request, error) {
	fields, err := c.fill(values, locale, resend)
	if err != nil {
		return nil, err
	}
	query, body, contentType, err := encode(c.Encoding, fields)
	if err != nil {
		return nil, err
	}
	base, err := baseURL(strings.TrimSuffix(c.URL, "}"+c.path())[2:], vendor)
	if err != nil {
		return nil, err
	}
	path, err := c.fillPath(values)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(context.Background(), c.Method, base+path+query, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("method or url is not valid") // err quotes the query
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	for name, template := range c.Headers {
		value, err := fill(template, values)
		if err != nil {
			return nil, err
		}
		if strings.ContainsFunc(value, isControl) {
			return nil, fmt.Errorf("header %s holds a control character", name)
		}
		request.Header.Set(name, value)
	}
	return request, nil
}
