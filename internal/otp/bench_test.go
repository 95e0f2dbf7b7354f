package otp

import (
	"strings"
	"testing"
)

func BenchmarkSegments(b *testing.B) {
	text := strings.Repeat("Acme: {code} is your login code. ", 8)
	b.ReportAllocs()
	for b.Loop() {
		CountSegments(text)
	}
}

func BenchmarkTemplate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseText("{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it.")
	}
}
