package sandbox

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
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
