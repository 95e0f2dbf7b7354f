package provider_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

const (
	canaryPhone    = "+33612009877"
	canaryPassword = `canary/pass"word+7f3a`
)

// canaryPhones are who gets codes, by vendor.
var canaryPhones = map[string]string{"octopush": canaryPhone, "myotp": canaryPhone, "androidapi": canaryPhone, "way2api": "+919812009877"}

// cage is where canaries sing: a workspace with every log on, its catalog behind a
// password, vendors, and what was said and left behind meanwhile.
type cage struct {
	*providertest.Workspace
	vendors  *sandbox.Server
	program  string
	role     string // of the database
	postgres string // the URL of the catalog there
	found    map[string][]byte
}

func newCage(t *testing.T, role string) *cage {
	t.Helper()
	server := pgtest.Shared(t)
	database := server.Database(t)
	server.Run(t, pgtest.Administrator, "postgres",
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", role, canaryPassword), fmt.Sprintf("ALTER DATABASE %s OWNER TO %s", database, role))
	address := url.URL{Scheme: "postgres", User: url.UserPassword(role, canaryPassword), Host: fmt.Sprintf("127.0.0.1:%d", server.Port), Path: "/" + database}
	c := &cage{
		Workspace: providertest.NewWorkspace(t), program: providertest.Program(t), role: role, postgres: address.String(), found: map[string][]byte{},
		vendors: sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{PendingSeconds: -1}}}),
	}
	c.World = providertest.WorldAt(t, address.String())
	c.Env = append(c.Env, "OTP_CATALOG_URL="+c.URL, "TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH="+filepath.Join(c.Folder, "trace.log"),
		"OTP_DELIVERIES_FILE="+filepath.Join(c.Folder, "deliveries.db"))
	for name, value := range c.vendors.Environment() {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// last is the message that was sent last.
func (c *cage) last() sandbox.Message {
	c.T.Helper()
	messages := c.vendors.Messages()
	if len(messages) == 0 {
		c.T.Fatal("nothing was sent")
	}
	return messages[len(messages)-1]
}

// sentOver is the last message over a vendor.
func (c *cage) sentOver(vendor string) sandbox.Message {
	c.T.Helper()
	for _, message := range slices.Backward(c.vendors.Messages()) {
		if message.Vendor == vendor {
			return message
		}
	}
	c.T.Fatalf("nothing was sent over %s", vendor)
	return sandbox.Message{}
}

// shows saves a plan, and reads it and the state.
func (c *cage) shows() {
	c.T.Helper()
	c.Plans()
	plan, _ := c.TF("show", "-json", "saved.plan")
	c.found["plan as JSON"] = []byte(plan)
	state, _ := c.TF("show", "-json")
	c.found["state as JSON"] = []byte(state)
}

// pointAt sends all vendors' calls to one address; empty: back to the sandbox.
func (c *cage) pointAt(address string) {
	for name, value := range c.vendors.Environment() {
		if strings.HasSuffix(name, "_BASE_URL") && address != "" {
			value = address + value[strings.LastIndex(value, "/"):]
		}
		c.Env = append(c.Env, name+"="+value)
	}
}

// refusals runs what calls a vendor, at one that refuses.
func (c *cage) refusals(of string) {
	c.T.Helper()
	for profile, phone := range canaryPhones {
		c.command("send "+of+", "+profile, "send", "second-"+profile, phone)
		c.command("code "+of+", "+profile, "verify", "second-"+profile, phone, strings.Repeat("7", len(c.sentOver(profile).Code)))
	}
	c.command("doctor "+of, "doctor", "--json")
	c.command("link "+of, "whatsapp", "link", "--timeout", "2s")
}

// quotingVendor refuses every request and quotes all of it, in the shape of each
// vendor's errors or as a page, as proxies do.
func quotingVendor(t *testing.T) (address string, asked func() int64) {
	t.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := count.Add(1)
		request, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		status := []int{http.StatusBadRequest, http.StatusForbidden, http.StatusInternalServerError, http.StatusOK}[number%4]
		if number%3 == 0 {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<html><body><h1>%d</h1><pre>%s</pre></body></html>", status, request)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"status": 400, "code": 100, "message": string(request), "data": false, "success": false,
			"error": map[string]any{"http_code": 400, "message": string(request)},
		})
	}))
	t.Cleanup(server.Close)
	return server.URL, count.Load
}

// moveToSQLite takes the catalog to the other database, as a person would.
func (c *cage) moveToSQLite() {
	c.T.Helper()
	export := exec.CommandContext(c.T.Context(), c.program, "catalog", "export")
	export.Dir, export.Env = c.Folder, c.Env
	raw, err := export.Output()
	if err != nil {
		c.T.Fatal(err)
	}
	c.File("catalog.json", string(raw))
	c.Env = append(c.Env, "OTP_CATALOG_URL=sqlite:"+filepath.Join(c.Folder, "catalog.db"))
	c.command("import", "catalog", "import", "catalog.json")
}

// command runs one of the program's own commands, and keeps what it says.
func (c *cage) command(name string, arguments ...string) {
	c.T.Helper()
	command := exec.CommandContext(c.T.Context(), c.program, arguments...)
	command.Dir, command.Env = c.Folder, c.Env
	output, err := command.CombinedOutput()
	if len(output) == 0 {
		c.T.Errorf("%s says nothing (%v)", name, err)
	}
	c.found["output of "+name] = output
}

// watch notes the arguments of all processes until it is told to stop. Phone
// numbers and codes are what somebody typed who runs a command; they are left out.
func (c *cage) watch(t *testing.T) (stop func() []byte) {
	t.Helper()
	seen, looked, done := map[string]bool{}, map[string]int{}, make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			processes, err := os.ReadDir("/proc")
			if err != nil {
				t.Error(err)
				return
			}
			for _, process := range processes {
				// It has its arguments soon after it was started, and keeps them.
				if looked[process.Name()]++; looked[process.Name()] > 4 {
					continue
				}
				raw, err := os.ReadFile(filepath.Join("/proc", process.Name(), "cmdline"))
				if err == nil && !typed(raw) { // it may have ended, or be none
					seen[string(raw)] = true
				}
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() []byte {
		close(done)
		wait.Wait()
		return []byte(strings.Join(slices.Collect(maps.Keys(seen)), "\n"))
	}
}

// collect reads what the runs have left in the folder, and what is in a saved
// plan, which is a compressed archive.
func (c *cage) collect(names ...string) {
	c.T.Helper()
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(c.Folder, name))
		if err != nil {
			c.T.Fatal(err)
		}
		c.found[name] = raw
		if name != "saved.plan" {
			continue
		}
		archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			c.T.Fatal(err)
		}
		for _, file := range archive.File {
			content, err := file.Open()
			if err != nil {
				c.T.Fatal(err)
			}
			if c.found["saved.plan/"+file.Name], err = io.ReadAll(content); err != nil {
				c.T.Fatal(err)
			}
		}
	}
}

// holds fails the test where a log does not tell of these, so that what is not in
// it proves nothing.
func (c *cage) holds(log string, all ...string) {
	c.T.Helper()
	for _, text := range all {
		if !bytes.Contains(c.found[log], []byte(text)) {
			c.T.Errorf("%s holds no %q, so that it proves nothing", log, text)
		}
	}
}

// canaries are what nobody may find.
func (c *cage) canaries() map[string]string {
	all := map[string]string{"the database password": canaryPassword}
	for _, phone := range canaryPhones {
		all["the phone number "+phone[:3]] = phone[1:]
		all["the phone number at home "+phone[:3]] = "0" + phone[3:]
	}
	for name, value := range c.vendors.Environment() {
		if !strings.HasSuffix(name, "_BASE_URL") {
			all[name] = value
		}
	}
	for i, message := range c.vendors.Messages() {
		all[fmt.Sprintf("message %d", i)] = message.Text
		all[fmt.Sprintf("code %d", i)] = message.Code
	}
	for i, link := range androidapi.At(c.vendors).WhatsAppLinks() {
		all[fmt.Sprintf("QR code %d", i)] = link.QR
	}
	return all
}

// search looks for the canaries in all of it, which has to be so many megabytes.
func (c *cage) search(megabytes int) {
	c.T.Helper()
	canaries, numbers, size := c.canaries(), map[string]bool{}, 0
	for place, content := range c.found {
		size += len(content)
		short := shortNumbers(content)
		maps.Copy(numbers, short)
		for name, canary := range canaries {
			for _, form := range forms(canary) {
				if len(form) <= shortNumber {
					if short[form] {
						c.T.Errorf("%s is in %s as a number of its own", name, place)
					}
				} else if at := bytes.Index(content, []byte(form)); at >= 0 {
					c.T.Errorf("%s is in %s as %q: …%s…", name, place, form, content[max(0, at-200):min(len(content), at+len(form)+50)])
					break
				}
			}
		}
	}
	if len(canaries) < 12 || size < megabytes<<20 {
		c.T.Errorf("%d canaries in %d bytes prove little: %d MB are wanted", len(canaries), size, megabytes)
	}
	// A code of six digits that is there by chance is one in 900,000 of each.
	if len(numbers) > 90 {
		c.T.Errorf("%d numbers of %d digits are in there: to look for another among them proves little", len(numbers), shortNumber)
	}
	c.T.Logf("%d canaries were looked for in %.1f MB, %d places; %d numbers of %d digits", len(canaries), float64(size)/1e6, len(c.found), len(numbers), shortNumber)
}

// shortNumber is how many digits AndroidAPI's codes have: within longer numbers
// and identifiers, such digits are in every log by chance.
const shortNumber = 6

// shortNumbers are the numbers of so many digits that stand alone: no part of a
// word, of a longer number or of a fraction, such as that of a moment.
func shortNumbers(content []byte) map[string]bool {
	found := map[string]bool{}
	isDigit := func(b byte) bool { return b >= '0' && b <= '9' }
	for start := 0; start < len(content); start++ {
		if !isDigit(content[start]) {
			continue
		}
		end := start
		for end < len(content) && isDigit(content[end]) {
			end++
		}
		before, after := byte(' '), byte(' ')
		if start > 0 {
			before = content[start-1]
		}
		if end < len(content) {
			after = content[end]
		}
		fraction := before == '.' && start > 1 && isDigit(content[start-2])
		if end-start == shortNumber && !fraction && !isWord(before) && !isWord(after) {
			found[string(content[start:end])] = true
		}
		start = end
	}
	return found
}

func isWord(b byte) bool { return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// typed says that somebody typed these arguments, with a phone number of ours.
func typed(arguments []byte) bool {
	for _, phone := range canaryPhones {
		if bytes.Contains(arguments, []byte(phone)) {
			return true
		}
	}
	return false
}

// forms are a text as it is, in JSON, in URLs and in base64, wherever in three
// bytes it begins.
func forms(text string) []string {
	quoted, _ := json.Marshal(text) // a string
	all := []string{text, strings.Trim(string(quoted), `"`), url.QueryEscape(text), url.PathEscape(text)}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + text + "xxx"))
		all = append(all, encoded[(before*8+5)/6:len(encoded)-6])
	}
	return slices.Compact(all)
}
