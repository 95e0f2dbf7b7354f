package sandbox_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

func TestNoNameLeadsToTheSandboxButItsOwn(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Hosts: []string{"Bench"}})
	for host, known := range map[string]bool{
		"127.0.0.1:8484": true, "localhost": true, "LOCALHOST:1": true, "[::1]:8484": true, "app.localhost:80": true, "bench": true, "bench:8484": true, "192.0.2.7:8484": true,
		"evil.example": false, "localhost.evil.example:8484": false, "127.0.0.1.evil.example": false, "bench.evil.example": false, "notlocalhost": false,
	} {
		for _, path := range []string{"/", "/_sandbox/messages", "/myotp/me"} {
			got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+path, map[string]string{"Host": host, "X-API-Key": myotp.Key}, nil)
			sandboxtest.Must(t, err)
			if answered := got.Status == http.StatusOK; answered != known || (!known && got.Status != http.StatusMisdirectedRequest) {
				t.Errorf("%s as %s: HTTP status %d: %.100s", path, host, got.Status, got.Raw)
			}
		}
	}
	if n := len(s.Requests()); n != 8 {
		t.Errorf("%d requests reached the vendor", n)
	}
}

// What a browser says of a page of another origin that uses fetch.
func TestPagesOfOtherOriginsDoNotDriveTheSandbox(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	own := s.URL()
	for name, test := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"a program":            {nil, 200},
		"its own page":         {map[string]string{"Origin": own, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200},
		"another site":         {map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403},
		"without an origin":    {map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		"another port of this": {map[string]string{"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403},
		"an older browser":     {map[string]string{"Origin": "https://evil.example"}, 403},
		"a sandboxed frame":    {map[string]string{"Origin": "null"}, 403},
	} {
		for method, path := range map[string]string{http.MethodGet: "/_sandbox/messages", http.MethodPost: "/_sandbox/reset", http.MethodDelete: "/_sandbox/faults"} {
			got, err := sandboxtest.Send(t, method, own+path, test.headers, nil)
			sandboxtest.Must(t, err)
			if got.Status != test.want || got.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s, %s %s: HTTP status %d: %s", name, method, path, got.Status, got.Raw)
			}
		}
		// The vendor looks at no origin, and lets no page read its answer.
		headers := map[string]string{"X-API-Key": myotp.Key}
		for header, value := range test.headers {
			headers[header] = value
		}
		got, err := sandboxtest.Send(t, http.MethodGet, own+"/myotp/me", headers, nil)
		sandboxtest.Must(t, err)
		if got.Status != http.StatusOK || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s, at the vendor: HTTP status %d", name, got.Status)
		}
	}
	preflight, err := sandboxtest.Send(t, http.MethodOptions, own+"/myotp/generate_otp", map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}, nil)
	sandboxtest.Must(t, err)
	if preflight.Status != http.StatusMethodNotAllowed || preflight.Body["error"] == nil {
		t.Errorf("a preflight at the vendor: HTTP status %d: %s", preflight.Status, preflight.Raw)
	}
	followed, err := sandboxtest.Send(t, http.MethodGet, own+"/", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, nil)
	sandboxtest.Must(t, err)
	if followed.Status != http.StatusOK {
		t.Errorf("a person who followed a link to the page: HTTP status %d", followed.Status)
	}
}

func TestTokenGuardsPageAndControl(t *testing.T) {
	t.Parallel()
	s, err := sandbox.New(sandbox.Options{Token: "let-me-in"})
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, s.Start("0.0.0.0:0"))
	t.Cleanup(func() { sandboxtest.Must(t, s.Close()) })
	for name, test := range map[string]struct {
		path, authorization string
		want                int
	}{
		"nothing":               {"/_sandbox/messages", "", 401},
		"the page":              {"/", "", 401},
		"another token":         {"/_sandbox/messages", "Bearer let-me", 401},
		"the token":             {"/_sandbox/messages", "Bearer let-me-in", 200},
		"as a browser sends it": {"/", "Basic YTpsZXQtbWUtaW4=", 200},
		"health":                {"/_sandbox/health", "", 200},
		"a vendor":              {"/way2api/api/v1/pricing", "", 200},
	} {
		got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+test.path, map[string]string{"Authorization": test.authorization}, nil)
		sandboxtest.Must(t, err)
		if got.Status != test.want || (test.want == 401) != strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: HTTP status %d", name, got.Status)
		}
	}
}

func TestRecordsAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	const each = 65 << 10
	for range 270 {
		body := `{"note":"` + strings.Repeat("x", each-20) + `"}`
		sandboxtest.MyOTP(t, s, "/report", body)
	}
	kept := 0
	for _, request := range s.Requests() {
		if len(request.Body) > 64<<10+64 {
			t.Fatalf("a body of %d bytes is kept", len(request.Body))
		}
		kept += len(request.Body)
	}
	if kept > 16<<20 || kept < 15<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
	if got := sandboxtest.Last(t, s.Requests()).Body; !strings.HasSuffix(got, "more bytes)") {
		t.Errorf("it does not say what is missing: …%s", got[len(got)-40:])
	}
	info, err := os.Stat(path)
	sandboxtest.Must(t, err)
	if info.Size() > 64<<20 {
		t.Errorf("the file has %d bytes", info.Size())
	}
}

// A request writes what it changed, however much there is already.
func TestStateFileGrowsByWhatChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	sandboxtest.Must(t, myotp.At(s).AddTransactions(5000))
	size := func() int64 {
		info, err := os.Stat(path)
		sandboxtest.Must(t, err)
		return info.Size()
	}
	sandboxtest.MyOTP(t, s, "/report", nil)
	before := size()
	for range 10 {
		sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "force_send": true})
	}
	if grown := size() - before; grown < 10 || grown > 10*4096 {
		t.Errorf("ten sends wrote %d bytes behind %d", grown, before)
	}
	want := sandboxtest.StateOf(t, s, "myotp")
	sandboxtest.Must(t, s.Close())
	// Whoever was killed while writing leaves half a line behind.
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	sandboxtest.Must(t, err)
	_, err = file.WriteString(`{"clock_offset_seconds":0,"mess`)
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, file.Close())
	again := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	if got := sandboxtest.StateOf(t, again, "myotp"); got != want {
		t.Error("another state came back")
	}
	if len(again.Messages()) != 10 || len(again.Requests()) != 11 {
		t.Errorf("%d messages and %d requests came back", len(again.Messages()), len(again.Requests()))
	}
}

func TestMessagesAreForgottenForGood(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	for range 3 {
		sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "force_send": true})
	}
	for number, want := range map[int]int{2: 200, 7: 404} {
		got, err := sandboxtest.Send(t, http.MethodDelete, fmt.Sprintf("%s/_sandbox/messages/%d", s.URL(), number), nil, nil)
		sandboxtest.Must(t, err)
		if got.Status != want {
			t.Errorf("message %d: HTTP status %d: %s", number, got.Status, got.Raw)
		}
	}
	sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "force_send": true})
	sandboxtest.Must(t, s.Close())
	again := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	var numbers []int
	for _, message := range again.Messages() {
		numbers = append(numbers, message.Number)
	}
	if fmt.Sprint(numbers) != "[1 3 4]" {
		t.Errorf("after a restart: %v", numbers)
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Patience: 50 * time.Millisecond})
	for name, half := range map[string]string{
		"in the headers": "POST /myotp/generate_otp HTTP/1.1\r\nHost: localhost\r\nX-API-",
		"in the body":    "POST /myotp/generate_otp HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + myotp.Key + "\r\nContent-Length: 500\r\n\r\n{\"phone",
	} {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
		sandboxtest.Must(t, err)
		_, err = connection.Write([]byte(half))
		sandboxtest.Must(t, err)
		for reader := bufio.NewReader(connection); err == nil; { // it ends, or the test does not
			_, err = reader.ReadByte()
		}
		sandboxtest.Must(t, connection.Close())
		if n := len(s.Messages()); n != 0 {
			t.Errorf("%s: %d messages", name, n)
		}
	}
}

func TestLogHoldsNoCredentialFromAPathOrAReferer(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	const wrong = "somebody-elses-secret-0123456789"
	for path, referer := range map[string]string{
		"/androidapi/api/send/otp/secret/" + wrong:      "",
		"/androidapi/api/secret=" + wrong + "/send/otp": "",
		"/myotp/X-API-Key:" + wrong + "/me":             "",
		"/myotp/me":                                     "https://app.example/login?secret=" + wrong + "#" + wrong,
		"/octopush/v1/public/wallet/check-balance":      "https://user:" + wrong + "@app.example/",
		"/way2api/api/v1/pricing":                       "https://%zz" + wrong,
		"/myotp/nothing/" + myotp.Key:                   "",
	} {
		_, err := sandboxtest.Send(t, http.MethodGet, s.URL()+path, map[string]string{"Referer": referer}, nil)
		sandboxtest.Must(t, err)
	}
	raw, err := json.Marshal(s.Requests())
	sandboxtest.Must(t, err)
	if strings.Contains(string(raw), wrong) || strings.Contains(string(raw), myotp.Key) {
		t.Errorf("a credential is in the log:\n%s", raw)
	}
	if !strings.Contains(string(raw), "https://app.example/login") {
		t.Errorf("the address of the page is gone too:\n%s", raw)
	}
}

func TestControlInterfaceListsItself(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	var paths []sandbox.Path
	sandboxtest.Must(t, json.Unmarshal([]byte(sandboxtest.Get(t, s, "/_sandbox/").Raw), &paths))
	if len(paths) < 30 {
		t.Fatalf("%d paths", len(paths))
	}
	for _, path := range paths {
		if path.Summary == "" || !strings.HasPrefix(path.Path, "/_sandbox/") {
			t.Errorf("%+v", path)
		}
		if path.Method != http.MethodGet || strings.Contains(path.Path, "{") || strings.HasSuffix(path.Path, "/events") {
			continue
		}
		if got := sandboxtest.Get(t, s, path.Path); got.Status != http.StatusOK || got.Raw == "null" {
			t.Errorf("GET %s: HTTP status %d: %.80s", path.Path, got.Status, got.Raw)
		}
	}
}
