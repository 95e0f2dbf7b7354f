// Command fidelity prints what of each vendor's reference the sandbox serves,
// how many contract files bind each call, and which readings are open.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

func main() {
	log.SetFlags(0)
	if err := write(os.Stdout, "internal/vendors"); err != nil {
		log.Fatal(err)
	}
}

// write writes a paragraph per vendor. A call that is served and has no
// contract file is an error.
func write(w io.Writer, vendors string) error {
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		return err
	}
	var unbound []string
	var out strings.Builder
	for _, v := range server.Vendors() {
		served, left, contracts := len(v.Operations()), 0, 0
		var calls strings.Builder
		for _, op := range v.Operations() {
			files, err := filepath.Glob(filepath.Join(vendors, v.Name(), "testdata", "contract", op.Name, "*.json"))
			if err != nil {
				return err
			}
			if len(files) == 0 {
				unbound = append(unbound, v.Name()+" "+op.Name)
			}
			contracts += len(files)
			method := op.Method
			if method == "" {
				method = "ANY"
			}
			fmt.Fprintf(&calls, "  served  %-5s %-28s %3d contract files\n", method, op.Path, len(files))
		}
		for _, group := range v.NotServed() {
			left += len(group.Calls)
			fmt.Fprintf(&calls, "  not     %s\n          (%s)\n", strings.Join(group.Calls, ", "), group.Reason)
		}
		open, err := readings(v.Name())
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s: %d calls in the reference, %d served, %d contract files\n%s  open    %s\n\n",
			v.Name(), served+left, served, contracts, calls.String(), strings.Join(open, ", "))
	}
	if _, err := io.WriteString(w, out.String()); err != nil {
		return err
	}
	if len(unbound) > 0 {
		return fmt.Errorf("served without a contract file: %s", strings.Join(unbound, ", "))
	}
	return nil
}

// readings are the settings of a vendor: each is a point where its documents
// are silent or disagree.
func readings(vendor string) ([]string, error) {
	raw, err := json.Marshal(emulate.Defaults()[vendor])
	if err != nil {
		return nil, err
	}
	settings := map[string]any{}
	if err := json.Unmarshal(raw, &settings); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(settings)), nil
}
