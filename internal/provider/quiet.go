package provider

import (
	"os"
	"slices"
	"strings"
)

// logged are the loggers of the plugin libraries and of this provider.
var logged = []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"}

// quiet spares what nobody can read. The plugin libraries write several lines of
// JSON for each call, which Terraform reads and throws away unless one of its
// TF_LOG variables is set: a fifth of the time of a plan of profiles went there,
// here and in Terraform.
// What is a warning or worse is written all the same.
func quiet() error {
	if slices.ContainsFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "TF_LOG") }) {
		return nil
	}
	for _, name := range logged {
		if err := os.Setenv(name, "WARN"); err != nil {
			return err
		}
	}
	return nil
}
