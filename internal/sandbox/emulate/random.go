package emulate

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
)

// Digits is the alphabet of most codes.
const Digits = "0123456789"

// Code draws length characters from an alphabet, each as likely as any other.
func (x *Exchange) Code(alphabet string, length int) string {
	out := make([]byte, length)
	for i := range out {
		n, err := rand.Int(x.Random, big.NewInt(int64(len(alphabet))))
		if err != nil {
			x.Err = fmt.Errorf("drawing a code: %w", err)
			return ""
		}
		out[i] = alphabet[n.Int64()]
	}
	return string(out)
}

// Hex draws n hexadecimal digits; n is even.
func (x *Exchange) Hex(n int) string { return hex.EncodeToString(x.Bytes(n / 2)) }

// UUID draws a UUID of version 4.
func (x *Exchange) UUID() string {
	b := x.Bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Bytes draws n bytes.
func (x *Exchange) Bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(x.Random, b); err != nil {
		x.Err = fmt.Errorf("drawing an ID: %w", err)
	}
	return b
}
