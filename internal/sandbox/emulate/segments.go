package emulate

import (
	"strings"
)

// The characters of GSM 03.38 that take one place, and those that take two.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€\f"
)

// Segments is how a text travels as an SMS: in which alphabet, and in how many
// parts it is charged.
func Segments(text string) (encoding string, segments int) {
	places, units := 0, 0
	gsm := true
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			places++
		case strings.ContainsRune(gsmExtended, r):
			places += 2
		default:
			gsm = false
		}
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if gsm {
		return "GSM-7", parts(places, 160, 153)
	}
	return "UCS-2", parts(units, 70, 67)
}

func parts(places, alone, joined int) int {
	if places <= alone {
		return 1
	}
	return (places + joined - 1) / joined
}
