package httpapi

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

// UserAgent names Terraform, the provider and what TF_APPEND_USER_AGENT holds.
func UserAgent(terraformVersion, providerVersion string) string {
	agent := fmt.Sprintf("Terraform/%s (+https://www.terraform.io) terraform-provider-otp/%s", terraformVersion, providerVersion)
	extra := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1 // net/http would refuse every request
		}
		return r
	}, os.Getenv("TF_APPEND_USER_AGENT"))
	return strings.TrimSpace(agent + " " + strings.TrimSpace(extra))
}
