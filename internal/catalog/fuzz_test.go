package catalog

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/fuzztest"
)

// FuzzURLs opens whatever somebody may write: it is refused in a sentence, or it
// leads somewhere, and nothing of a password is shown.
func FuzzURLs(f *testing.F) {
	seeds := []string{
		"sqlite:otp-catalog.db", "sqlite:/var/lib/otp.db", "sqlite:", "sqlite://x", "sqlite:a?b", "mysql:x", "",
		"postgres://otp:hunter2@a:5432,b:5433,[::1]:5434/otp?target_session_attrs=read-write",
		"postgres:///otp?host=/run/postgresql&user=otp&password=hunter2", "postgres://otp:hunt%40er2@db/otp?sslmode=require",
		"postgres://db/otp?keepalives=1&gssencmode=require&load_balance_hosts=random&ssl_min_protocol_version=TLSv1.2",
		"host=db password=hunter2", "postgres://otp:hunt@er2@db/otp",
	}
	for _, url := range append(seeds, fuzztest.Texts(200, seeds...)...) {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		s, err := Open(url, WithActor("ann"))
		var wrong *URLError
		switch {
		case err != nil && !errors.As(err, &wrong):
			t.Errorf("%q: %v is no *URLError", url, err)
		case err != nil && strings.Contains(url, "hunter2@") && strings.Contains(err.Error(), "hunter2@"):
			t.Errorf("%q: the error shows a secret: %v", url, err)
		case err == nil:
			if strings.HasPrefix(url, "postgres") && strings.Contains(s.URL(), ":hunter2@") { // else it is the name of a file
				t.Errorf("%q is shown as %q", url, s.URL())
			}
			must(t, s.Close())
		}
	})
}

// FuzzExports decodes whatever a file may hold: what is not refused goes out as it
// came in.
func FuzzExports(f *testing.F) {
	seeds := []string{
		"", "[]", "{}", `{"format":1}`, `{"format":2}`, `{"format":1,"objects":[],"history":[]}`,
		`{"format":1,"catalog_id":"x","created_at":"2026-03-04T05:06:07Z","objects":[{"kind":"brand","name":"acme","spec":"{}","revision":1,"claim":"c","updated_at":"2026-03-04T05:06:07Z","updated_by":"ann"}],"history":[{"sequence":1,"kind":"brand","name":"acme","at":"2026-03-04T05:06:07Z","actor":"ann","action":"create","old_revision":0,"new_revision":1,"spec":"{}"}]}`,
	}
	for _, content := range append(seeds, fuzztest.Texts(400, seeds...)...) {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		export, err := DecodeExport(bytes.NewReader(content))
		var broken *ExportError
		if err != nil {
			if !errors.As(err, &broken) {
				t.Errorf("%v is no *ExportError", err)
			}
			return
		}
		if err := export.checkConsistent(); err != nil {
			if !errors.As(err, &broken) {
				t.Errorf("%v is no *ExportError", err)
			}
			return
		}
		var out bytes.Buffer
		must(t, export.Encode(&out))
		again, err := DecodeExport(bytes.NewReader(out.Bytes()))
		must(t, err)
		var second bytes.Buffer
		must(t, again.Encode(&second))
		equal(t, out.String(), second.String())
	})
}
