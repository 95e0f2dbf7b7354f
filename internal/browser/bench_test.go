package browser_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// What is copied runs in a shell, with the environment of the sandbox, and asks
// the vendor the same once more.
func copiesCalls(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	body := sandboxtest.OctopushBody()
	body["text"] = `It's "{code}", 100 % $HOME \n & <b>`
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	sandboxtest.SendOTP(t, box, sandboxtest.ByDevice()) // multipart
	query := sandboxtest.ByDevice()
	query["message"] = "it's {{otp}} & more = 100 %"
	sandboxtest.AndroidAPI(t, box, "/send/otp", query)
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "Acme"})
	sandboxtest.Way2API(t, box, sandboxtest.Way2APIBody())
	p := open(t, b, desk, box, "/")
	originals := box.Requests()
	p.has(len(box.Messages()), "#list > li")
	if len(box.Messages()) < 4 {
		t.Fatalf("sent were %d", len(box.Messages()))
	}
	// The clipboard belongs to another test; the page says here what it would copy.
	sandboxtest.Must(t, p.Script(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`, nil))
	for _, message := range box.Messages() {
		i := slices.IndexFunc(originals, func(r sandbox.Request) bool { return r.MessageID == message.MessageID })
		original := originals[i]
		p.click(fmt.Sprintf(`[aria-label^="Details of message %d "]`, message.Number))
		p.click(".call button")
		p.shows(".call button", "Copied")
		text := eval[string](p, "window.copied")
		p.click("dialog .bar button")
		p.has(0, "dialog")
		command := exec.CommandContext(t.Context(), "sh", "-c", text+" --silent --show-error")
		command.Env = os.Environ()
		for name, value := range box.Environment() {
			command.Env = append(command.Env, name+"="+value)
			if strings.Contains(text, value) && !strings.HasSuffix(name, "_URL") {
				t.Errorf("%s is in what was copied:\n%s", name, text)
			}
		}
		var complaints bytes.Buffer
		command.Stderr = &complaints
		if err := command.Run(); err != nil {
			t.Errorf("%v: %s\n%s", err, &complaints, text)
			continue
		}
		all := box.Requests()
		repeated := all[len(all)-1]
		if original.Headers.Get("Content-Type") != "application/json" && strings.Contains(original.Body, "boundary") == strings.Contains(repeated.Body, "boundary") {
			original.Body, repeated.Body = fieldsOf(original.Body), fieldsOf(repeated.Body)
		}
		if diff := cmp.Diff([]any{original.Vendor, original.Operation, original.Method, original.Path, original.Query, original.Body},
			[]any{repeated.Vendor, repeated.Operation, repeated.Method, repeated.Path, repeated.Query, repeated.Body}); diff != "" {
			t.Errorf("what was copied asks something else (-original +repeated):\n%s\n%s", diff, text)
		}
		if repeated.Status == http.StatusUnauthorized || strings.Contains(repeated.Answer, "Invalid API") {
			t.Errorf("what was copied has no credential: %s", repeated.Answer)
		}
	}
}

// fieldsOf are the fields of a multipart body, whatever separates them.
func fieldsOf(body string) string {
	boundary, _, found := strings.Cut(body, "\r\n")
	if !found || !strings.HasPrefix(boundary, "--") {
		return body
	}
	return strings.ReplaceAll(strings.ReplaceAll(body, boundary, "--"), "\r\n----\r\n", "\r\n--\r\n")
}

func setsTheBench(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")

	// Faults, for a call of a vendor.
	p.choose("#fault-vendor", "octopush")
	p.choose("#fault-call", "otp_generate")
	p.choose("#fault-kind", "an HTML page, HTTP 502")
	p.choose("#fault-times", "3")
	p.click("#fault [type=submit]")
	p.shows("#faults", "HTTP 502 for octopush otp_generate, 3 times")
	got := sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	if got.Status != http.StatusBadGateway || !strings.Contains(got.Raw, "<h1>") {
		t.Errorf("the fault did not happen: %d %s", got.Status, got.Raw)
	}
	p.shows("#faults", "2 times")
	p.click("#faults button")
	p.shows("#faults", "None")
	if got := box.Faults(); len(got) != 0 {
		t.Errorf("faults are left: %v", got)
	}
	// Every switch is one that the sandbox takes.
	for _, kind := range eval[[]string](p, `[...document.querySelector("#fault-kind").options].map((option) => option.value)`) {
		p.choose("#fault-kind", kind)
		p.click("#fault [type=submit]")
		p.has(1, "#faults button")
		p.click("#faults button")
		p.has(0, "#faults button")
	}
	for _, vendor := range box.Vendors() {
		p.choose("#fault-vendor", vendor.Name())
		var calls []string
		for _, operation := range vendor.Operations() {
			calls = append(calls, operation.Name)
		}
		shown := eval[[]string](p, `[...document.querySelector("#fault-call").options].map((option) => option.value)`)
		if strings.Join(shown[1:], " ") != strings.Join(calls, " ") {
			t.Errorf("calls of %s to choose from: %q, served are %q", vendor.Name(), shown, calls)
		}
	}

	// The clock.
	before := box.Now()
	p.click("[data-advance='3600']")
	p.until(fmt.Sprintf("document.querySelector('#now').textContent > %q", before.Add(time.Hour-time.Second).Format(time.DateTime)))
	if ahead := box.Now().Sub(before); ahead < time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}

	// Balances: where there is no money, the next route is asked.
	p.fill("#balance-myotp", "0")
	p.click(`[aria-label="Set the balance at myotp"]`)
	p.until(`document.querySelector("#balance-myotp").value === "0"`)
	sandboxtest.Until(t, func() bool {
		account, err := myotp.At(box).Account()
		sandboxtest.Must(t, err)
		return account.Balance == 0
	})
	if got := sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"}); got.Status == http.StatusOK {
		t.Errorf("sent without money: %s", got.Raw)
	}

	// Devices.
	p.click(`[aria-label="Take offline: Counter phone"]`)
	p.has(1, `[aria-label="Bring online: Counter phone"]`)
	sandboxtest.SendOTP(t, box, sandboxtest.ByDevice())
	if len(box.Messages()) != 0 {
		t.Error("a device that is offline has sent")
	}
	p.click(`[aria-label="Bring online: Counter phone"]`)
	p.has(1, "#list > li")

	// WhatsApp.
	p.click(`[aria-label="Disconnect WhatsApp ` + sandboxtest.SupportPhone + `"]`)
	p.shows("#phones", "disconnected")
	sandboxtest.AndroidAPI(t, box, "/create/wa.link", sandboxtest.Params{"sid": "1"})
	p.has(1, "#links li")
	p.until(`document.querySelector(".qr").complete && document.querySelector(".qr").naturalWidth > 20`)
	p.shows("#links", "valid for")
	scan := fmt.Sprintf("#scan-%s", androidapi.At(box).WhatsAppLinks()[0].Token)
	p.fill(scan, "+923009998877")
	p.click("#links [type=submit]")
	p.has(0, "#links li")
	p.shows("#phones", "+923009998877 connected")

	// And everything back.
	sandboxtest.Must(t, p.Script(`window.confirm = () => true`, nil))
	p.click("#reset")
	p.has(1, "#empty")
	p.shows("#phones", sandboxtest.SupportPhone+" connected")
	if ahead := time.Until(box.Now()); ahead > time.Minute {
		t.Errorf("the clock is still %s ahead", ahead)
	}
}

func saysWhatToDoFirst(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")
	p.shows("#empty", "No message yet")
	p.shows("#empty", "terraform apply")
	for _, format := range []string{"sh", "powershell", "dotenv"} {
		p.click(fmt.Sprintf("#empty .tabs button:nth-child(%d)", slices.Index([]string{"sh", "powershell", "dotenv"}, format)+1))
		want := sandboxtest.Get(t, box, "/_sandbox/environment?format="+format).Raw
		p.until(fmt.Sprintf("document.querySelector('#empty pre').textContent === %q", want))
		if strings.Count(want, "\n") != len(box.Environment()) {
			t.Errorf("%s: %s", format, want)
		}
	}
	p.has(1, ".environment pre") // and not a second time beside it
	sandboxtest.Must(t, p.Script(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`, nil))
	p.click("#empty .copy")
	p.shows("#empty .copy", "Copied")
	if got := eval[string](p, "window.copied"); got != sandboxtest.Get(t, box, "/_sandbox/environment?format=dotenv").Raw {
		t.Errorf("copied %q", got)
	}
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	p.has(0, "#empty")
	p.has(1, "aside .environment pre")
}
