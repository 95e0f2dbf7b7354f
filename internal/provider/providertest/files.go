package providertest

import (
	"os"
	"testing"
)

// Root is the repository, seen from the folder of a noun, where its tests run.
const Root = "../.."

// Read is the text of a file.
func Read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
