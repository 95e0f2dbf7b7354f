package sandbox

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Environment is what a program needs to use the sandbox in place of the
// vendors: the base URL and the credentials of each, by environment variable.
// Before Start there are no base URLs. The credentials are made up and the same
// in every sandbox.
func (s *Server) Environment() map[string]string {
	environment := map[string]string{}
	for _, v := range s.vendors {
		maps.Copy(environment, v.Credentials().Variables)
		if base := s.URL(); base != "" {
			environment["OTP_"+strings.ToUpper(v.Name())+"_BASE_URL"] = base + v.Prefix()
		}
	}
	return environment
}

// PrintEnvironment writes an environment as lines a shell takes in with eval or
// source, sorted by name.
func PrintEnvironment(w io.Writer, environment map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if _, err := fmt.Fprintf(w, "export %s=%s\n", name, shellWord(environment[name])); err != nil {
			return fmt.Errorf("printing the sandbox's environment: %w", err)
		}
	}
	return nil
}

// getEnvironment shows the environment in the form that is asked for.
func (s *Server) getEnvironment(w http.ResponseWriter, r *http.Request) {
	lines := map[string]func(name, value string) string{
		"sh": func(name, value string) string { return "export " + name + "=" + shellWord(value) },
		"powershell": func(name, value string) string {
			return "$env:" + name + " = '" + strings.ReplaceAll(value, "'", "''") + "'"
		},
		"dotenv": func(name, value string) string { return name + "=" + value },
	}
	environment, format := s.Environment(), r.URL.Query().Get("format")
	if format == "" {
		reply(w, environment)
		return
	}
	line, ok := lines[format]
	if !ok {
		complain(w, http.StatusBadRequest, fmt.Errorf("format is %q: it is one of %q", format, slices.Sorted(maps.Keys(lines))))
		return
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		text.WriteString(line(name, environment[name]) + "\n")
	}
	write(w, emulate.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Cache-Control": {"no-store"}}, Body: []byte(text.String())})
}

// shellWord quotes a value only where a shell would take it apart.
func shellWord(value string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if value != "" && strings.IndexFunc(value, func(r rune) bool { return !plain(r) }) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
