package androidapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before you commit it")

// documented lists setups whose documents are golden files in
// testdata/documents, so that every change of a request is seen.
var documented = map[string]struct {
	base  func() *setup
	adapt func(*setup)
}{
	"device": {bySMS, nil},
	"device-second-sim-long-validity": {bySMS, func(s *setup) {
		s.sender.AndroidAPI.SIM, s.profile.ValiditySeconds = new(int64(2)), new(int64(3600))
	}},
	"device-without-sim": {bySMS, func(s *setup) { s.sender.AndroidAPI.SIM = nil }},
	"gateway":            {bySMS, func(s *setup) { s.sender.AndroidAPI = &otp.AndroidAPISender{Gateway: "3"} }},
	"partner": {bySMS, func(s *setup) {
		s.sender.AndroidAPI = &otp.AndroidAPISender{Gateway: partnerHandle, AllowPartnerDevice: new(true)}
	}},
	"whatsapp":          {byWhatsApp, nil},
	"whatsapp-priority": {byWhatsApp, func(s *setup) { s.route().AndroidAPI = &otp.AndroidAPIRoute{Priority: new(true)} }},
	"translations": {byWhatsApp, func(s *setup) {
		s.template.Translations = map[string]string{"fr": "{{brand}} : {{otp}} est votre code.", "ur": "آپ کا کوڈ {{otp}} ہے۔ {{brand}}"}
	}},
	"second-account": {bySMS, func(s *setup) { s.route().Account = "eu-west" }},
	"countries": {bySMS, func(s *setup) {
		s.profile.AllowedCountries, s.route().Countries = nil, []string{"PK"}
	}},
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for name, test := range documented {
		t.Run(name, func(t *testing.T) {
			s := test.base()
			if test.adapt != nil {
				test.adapt(s)
			}
			document, complete, ps := s.compile()
			if !complete || ps.Failed() {
				t.Fatalf("complete: %t, problems: %q", complete, lines(ps))
			}
			compareDocument(t, filepath.Join("testdata", "documents", name+".json"), document)
		})
	}
	files, err := filepath.Glob("testdata/documents/*.json")
	if err != nil || len(files) != len(documented) {
		t.Errorf("%d golden files for %d setups, %v", len(files), len(documented), err)
	}
}

func compareDocument(t *testing.T, file string, document otp.Document) {
	t.Helper()
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(pretty.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestDocumentFieldsAreText: multipart and query know nothing else, and the
// credential is one of the fields.
func TestDocumentFieldsAreText(t *testing.T) {
	t.Parallel()
	for name, test := range documented {
		s := test.base()
		if test.adapt != nil {
			test.adapt(s)
		}
		document, _, _ := s.compile()
		route := document.Routes[0]
		for _, call := range []*otp.Call{route.Send, route.Verify, route.Status} {
			for field, value := range call.Fields {
				if _, ok := value.(string); !ok {
					t.Errorf("%s: %s is %v in encoding %s", name, field, value, call.Encoding)
				}
			}
			if secret, ok := call.Fields[SecretField].(string); !ok || !strings.HasPrefix(secret, "${OTP_ANDROIDAPI_") {
				t.Errorf("%s: %s has no credential", name, call.URL)
			}
			if len(call.Headers) > 0 || strings.Contains(call.URL, "secret") {
				t.Errorf("%s: the credential belongs into the fields: %v %s", name, call.Headers, call.URL)
			}
		}
	}
}

// TestASendWithoutAMessageIDIsASuccess: the vendor's own sample has none. What
// a later call cannot do without must therefore be in that sample.
func TestASendWithoutAMessageIDIsASuccess(t *testing.T) {
	t.Parallel()
	document, _, _ := bySMS().compile()
	route := document.Routes[0]
	sample := map[string]bool{"/data/phone": true, "/data/message": true, "/data/otp": true}
	for kept, pointer := range route.Send.Keep {
		for _, call := range []*otp.Call{route.Verify, route.Status} {
			_, needed := call.Expect[kept]
			for field, value := range call.Fields {
				if value == "{{"+kept+"}}" && !slices.Contains(call.OmitIfMissing, field) {
					needed = true
				}
			}
			if needed && !sample[pointer] {
				t.Errorf("%s needs %s, which the vendor's sample does not have", call.URL, pointer)
			}
		}
	}
}
