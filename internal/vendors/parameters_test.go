package vendors_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// published are the parameters that the vendors' pages about one-time passwords
// have, by call: those of androidapi.net/api/send/otp, the developer page of
// MyOTP.App, Octopush's page of service/otp/generate, and Way2API's service
// page.
var published = map[string][]string{
	"send/otp":         {"secret", "type", "message", "phone", "expire", "priority", "account", "mode", "device", "gateway", "sim"},
	"generate_otp":     {"phone_number", "otp_length", "otp_validity", "template_order", "force_send", "return_otp", "brand"},
	"verify_otp":       {"message_id", "otp", "phone_number"},
	"extend_otp":       {"message_id", "duration"},
	"check_otp_status": {"message_id"},
	"report":           {"start_date", "end_date", "page", "per_page"},
	"service/otp/generate": {
		"phone_number", "text", "channel", "sender", "code_length", "allow_digits", "allow_upper_case", "allow_lower_case", "allow_special_chars",
		"validity_period", "max_wrong_attempts", "recipient_ip", "voice_language", "voice_gender",
	},
	"aws/send_otp-pin": {"value", "number", "content", "purpose", "share_with"},
}

// TestEveryParameterOfTheVendorsHasARowAndIsReachable reads the guide beside the
// compiled documents: each parameter has a row, no row speaks of another one,
// each is sent by a document, and each attribute that is sent always is.
func TestEveryParameterOfTheVendorsHasARowAndIsReachable(t *testing.T) {
	guide, err := os.ReadFile("../../templates/guides/vendor-parameters.md")
	if err != nil {
		t.Fatal(err)
	}
	sent := fieldsOfDocuments(t)
	heading, row := regexp.MustCompile(`^## \S+: (\S+)$`), regexp.MustCompile("^\\| `([^`]+)` \\| (.+) \\|$")
	rows, call := map[string][]string{}, ""
	for line := range strings.Lines(string(guide)) {
		line = strings.TrimSpace(line)
		if found := heading.FindStringSubmatch(line); found != nil {
			call = found[1]
		}
		found := row.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		name, where := found[1], found[2]
		rows[call] = append(rows[call], name)
		if call == "report" {
			continue // a data source, see internal/transaction
		}
		if sent[call][name] == 0 {
			t.Errorf("%s: no document sends %s", call, name)
		}
		if all := sent[call][""]; strings.HasSuffix(where, "; always sent") && sent[call][name] != all {
			t.Errorf("%s: %d of %d documents send %s", call, sent[call][name], all, name)
		}
		if strings.Contains(where, "is not sent") && sent[call][name] == sent[call][""] {
			t.Errorf("%s: every document sends %s", call, name)
		}
	}
	for call := range published {
		slices.Sort(rows[call])
		slices.Sort(published[call])
	}
	if diff := cmp.Diff(published, rows); diff != "" {
		t.Errorf("parameters (-published +guide):\n%s", diff)
	}
}

// fieldsOfDocuments counts, by the path of a call, how often the documents of
// all golden files send a field; under "" how often the call is there.
func fieldsOfDocuments(t *testing.T) map[string]map[string]int {
	t.Helper()
	counts := map[string]map[string]int{}
	files, err := filepath.Glob("testdata/documents/*.json")
	for _, vendor := range otp.Vendors() {
		more, globbed := filepath.Glob(filepath.Join(string(vendor), "testdata", "documents", "*.json"))
		files, err = append(files, more...), errors.Join(err, globbed)
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents (%v)", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var document otp.Document
		if err := json.Unmarshal(raw, &document); err != nil {
			t.Fatal(err)
		}
		for _, r := range document.Routes {
			for _, c := range []*otp.Call{r.Send, r.Verify, r.Extend, r.Status} {
				if c == nil {
					continue
				}
				_, path, _ := strings.Cut(c.URL, "}/")
				names := maps.Clone(c.Fields)
				for _, fields := range append(slices.Collect(maps.Values(c.ByLocale)), c.Resend) {
					maps.Copy(names, fields)
				}
				if counts[path] == nil {
					counts[path] = map[string]int{}
				}
				counts[path][""]++
				for name := range names {
					counts[path][name]++
				}
			}
		}
	}
	return counts
}
