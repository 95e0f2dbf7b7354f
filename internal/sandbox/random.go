package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
)

const digits = "0123456789"

// code draws length characters from an alphabet, each as likely as any other.
func (x *exchange) code(alphabet string, length int) string {
	out := make([]byte, length)
	for i := range out {
		n, err := rand.Int(x.server.random, big.NewInt(int64(len(alphabet))))
		if err != nil {
			x.err = fmt.Errorf("drawing a code: %w", err)
			return ""
		}
		out[i] = alphabet[n.Int64()]
	}
	return string(out)
}

// hex draws n hexadecimal digits; n is even.
func (x *exchange) hex(n int) string { return hex.EncodeToString(x.bytes(n / 2)) }

// uuid draws a UUID of version 4.
func (x *exchange) uuid() string {
	b := x.bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (x *exchange) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(x.server.random, b); err != nil {
		x.err = fmt.Errorf("drawing an ID: %w", err)
	}
	return b
}
