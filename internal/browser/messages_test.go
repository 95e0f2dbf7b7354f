package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

func showsAMessage(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")
	sandboxtest.Must(t, p.Script("window.loaded = 'once'", nil))

	body := sandboxtest.OctopushBody()
	body["text"] = "Acme: {code} est votre code, jusqu’à {hh:mm:ss}"
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	p.has(1, "#list > li")
	body["channel"], body["voice_language"], body["phone_number"] = "voice_sms", "fr-FR", "+33600000002"
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	p.has(2, "#list > li")
	sandboxtest.SendOTP(t, box, sandboxtest.ByDevice())
	p.has(3, "#list > li")
	if eval[string](p, "window.loaded") != "once" {
		t.Error("the page was loaded again")
	}
	sms, voice, device := box.Messages()[0], box.Messages()[1], box.Messages()[2]
	for i, want := range [][]string{ // newest first
		{"androidapi · sms", "to " + device.To + " PK", "Acme: " + device.Code, sandboxtest.CounterPhone, "1 segment, GSM-7", "valid for"},
		{"octopush · voice_sms", "to +33600000002 FR", "from ACMEBANK", "fr-FR", voice.Code, "euros"},
		{"octopush · sms", "to +33600000001 FR", "from ACMEBANK", "Acme: " + sms.Code + " est votre code, jusqu’à", "sent", "valid for", "segment", "UCS-2", "0.05 euros", sms.At.Format(time.DateTime) + " UTC"},
	} {
		card := p.text(fmt.Sprintf("#list > li:nth-child(%d)", i+1))
		for _, text := range want {
			if !strings.Contains(card, text) {
				t.Errorf("message %d does not show %q:\n%s", i+1, text, card)
			}
		}
	}
	p.shows("#news", "New message to "+device.To)
	if title := eval[string](p, "document.title"); title != "(3) OTP sandbox" {
		t.Errorf("the title is %q", title)
	}
	// One click copies the code.
	p.click(".code")
	p.shows(".code", "Copied")
	if got := eval[string](p, "navigator.clipboard.readText()"); got != device.Code {
		t.Errorf("copied %q, want %q", got, device.Code)
	}
	p.shows(".code", device.Code)
	// The countdown goes on by itself.
	left := "#list > li:last-child [data-until]"
	before := p.text(left)
	p.until(fmt.Sprintf("document.querySelector(%q).innerText !== %q", left, before))
	sandboxtest.Must(t, box.Advance(time.Hour))
	p.shows(left, "expired")
}

func showsALife(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")
	sent := sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "Acme", "channel": "whatsapp", "template_order": 14}).Text("message_id")
	p.shows("#list > li", "es-MX")
	p.shows("#list > li .foot", "sent")
	sandboxtest.Post(t, box, "/_sandbox/clock", sandboxtest.Fields{"advance_seconds": 60})
	p.shows("#list > li .foot", "delivered")
	sandboxtest.Post(t, box, "/_sandbox/deliveries", sandboxtest.Fields{"message_id": sent, "status": "REJECTD"})
	p.shows("#list > li .foot", "REJECTD")
	sandboxtest.MyOTP(t, box, "/verify_otp", sandboxtest.Fields{"message_id": sent, "otp": "000000"})
	sandboxtest.MyOTP(t, box, "/extend_otp", sandboxtest.Fields{"message_id": sent, "duration": 1})
	sandboxtest.MyOTP(t, box, "/check_otp_status", sandboxtest.Fields{"message_id": sent})
	sandboxtest.MyOTP(t, box, "/verify_otp", sandboxtest.Fields{"message_id": sent, "otp": box.Messages()[0].Code})
	p.shows("#list > li .foot", "verified")

	p.click(`[aria-label^="Details of message"]`)
	p.has(1, "dialog")
	if got := eval[string](p, "location.hash"); got != "#message-1" {
		t.Errorf("the address of the details is %q", got)
	}
	var calls []string
	for _, request := range box.Requests() {
		calls = append(calls, request.Operation)
	}
	if shown := eval[[]string](p, `[...document.querySelectorAll(".call summary b")].map((b) => b.textContent)`); strings.Join(shown, " ") != strings.Join(calls, " ") || len(calls) != 5 {
		t.Errorf("the calls %q are shown, of %q", shown, calls)
	}
	sandboxtest.Must(t, p.Script(`document.querySelectorAll(".call").forEach((call) => { call.open = true; })`, nil))
	details := p.text("dialog")
	for _, request := range box.Requests() {
		for _, part := range []string{request.Path, fmt.Sprintf("HTTP %d", request.Status), "X-Api-Key: [credential]"} {
			if !strings.Contains(details, part) {
				t.Errorf("%q is not in the details:\n%s", part, details)
			}
		}
	}
	for _, want := range []string{`"template_order": 14`, `"message_id": "` + sent + `"`, `"otp": "000000"`, sent, "Locale", "es-MX", "credits"} {
		if !strings.Contains(details, want) {
			t.Errorf("%q is not in the details:\n%s", want, details)
		}
	}
	// The address leads to the same details.
	again := open(t, b, phone, box, "/#message-1")
	again.has(1, "dialog")
	again.shows("dialog", "Message to +14155550123")
}

func showsRefusedSends(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")
	body := sandboxtest.OctopushBody()
	body["phone_number"] = "+1"
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	p.shows("#refused", "No valid phone number.")
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "A"})
	p.shows("#refused li:first-child", "HTTP 400")
	p.shows("#refused li:first-child", "brand")
	broken := sandboxtest.ByDevice()
	broken["message"] = "Acme: no code"
	sandboxtest.SendOTP(t, box, broken)
	p.shows("#refused li:first-child", "message is without {{otp}}")
	sandboxtest.Post(t, box, "/_sandbox/faults", sandboxtest.Fields{"vendor": "way2api", "kind": "drop_before"})
	if _, err := sandboxtest.Send(t, http.MethodPost, box.URL()+"/way2api/api/v1/aws/send_otp-pin", nil, sandboxtest.Way2APIBody()); err == nil {
		t.Error("the connection was not dropped")
	}
	sandboxtest.Post(t, box, "/_sandbox/faults", sandboxtest.Fields{"vendor": "myotp", "kind": "answer", "status": 429, "body": "Too Many Requests"})
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"})
	p.shows("#refused li:first-child", "Too Many Requests")
	p.shows("#refused li:first-child", "a fault that you ordered")
	if len(box.Messages()) != 0 {
		t.Errorf("something was sent: %v", box.Messages())
	}
	p.click(`#refused li:last-child [aria-label^="Details"]`)
	p.shows("dialog", `"phone_number": "+1"`)
	p.shows("dialog", "Api-Key: [credential]")
	p.shows("dialog", "No valid phone number.")
	if text := p.text("dialog"); strings.Contains(text, octopush.Key) || strings.Contains(text, octopush.Login) {
		t.Errorf("a credential is shown:\n%s", text)
	}
}

func filters(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	for _, number := range []string{"+33600000001", "+33600000002", "+33700000003"} {
		body := sandboxtest.OctopushBody()
		body["phone_number"] = number
		sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	}
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "Globex"})
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "G"})
	p := open(t, b, desk, box, "/")
	p.has(4, "#list > li")
	p.has(1, "#refused li")
	p.fill("#phone", "+33 6")
	p.has(2, "#list > li")
	p.has(0, "#refused li")
	p.shows("#count", "2 of 4")
	p.fill("#text", "no such text")
	p.has(0, "#list > li")
	p.has(1, "#nothing")
	p.click("#unfilter")
	p.has(4, "#list > li")
	if got := eval[string](p, "location.search"); got != "" {
		t.Errorf("the address keeps %q", got)
	}
	p.choose("#vendor", "myotp")
	p.fill("#text", "globex")
	p.has(1, "#list > li")
	address := eval[string](p, "location.search")
	if address != "?vendor=myotp&text=globex" && address != "?text=globex&vendor=myotp" {
		t.Errorf("the address is %q", address)
	}
	// Whoever gets the address sees the same, from the first moment on.
	again := open(t, b, phone, box, "/"+address)
	again.has(1, "#list > li")
	again.shows("#list", "Globex")
	if got := eval[[]string](again, `["text", "phone", "vendor"].map((id) => document.getElementById(id).value)`); strings.Join(got, " ") != "globex  myotp" {
		t.Errorf("the fields are %q", got)
	}
}

func forgets(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	for range 3 {
		sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	}
	p := open(t, b, desk, box, "/")
	p.has(3, "#list > li")
	p.click(`[aria-label^="Delete message 2 "]`)
	p.has(2, "#list > li")
	if got := box.Messages(); len(got) != 2 || got[0].Number != 1 || got[1].Number != 3 {
		t.Errorf("left are %+v", got)
	}
	p.click("#clear")
	p.has(0, "#list > li")
	p.has(1, "#empty")
	if len(box.Messages()) != 0 || len(box.Requests()) != 0 {
		t.Error("something is left")
	}
	// More than the page shows: it says so.
	for range 201 {
		sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	}
	p.has(200, "#list > li")
	p.shows("#older", "These are the newest 200 of 201.")
}

// What is sent comes from strangers.
func showsMarkupAsText(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	p := open(t, b, desk, box, "/")
	sandboxtest.Must(t, p.Script("window.loaded = 'once'", nil))
	texts := []string{
		`<script>window.hacked = 1</script>{code}`,
		`<img src=x onerror="window.hacked = 2">{code}`,
		`"><svg onload=window.hacked=3>{code}</li></ol><iframe srcdoc="<script>parent.hacked=4</script>"></iframe>`,
		`[click](javascript:window.hacked=5) &lt;b&gt; &#x3c;i&#x3e; ${window.hacked = 6} {code}`,
		"{code} \u202eedoc \u2066\u200f\u200b<b>",
	}
	for _, text := range texts {
		body := sandboxtest.OctopushBody()
		body["text"] = text
		sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	}
	// The same in what is refused, in headers, and in answers that were ordered.
	sandboxtest.Post(t, box, "/_sandbox/faults", sandboxtest.Fields{
		"vendor": "myotp", "kind": "answer", "status": 502, "headers": map[string]string{"Content-Type": "application/json"},
		"body": `{"message": "<img src=x onerror='window.hacked = 7'>"}`,
	})
	_, err := sandboxtest.Send(t, http.MethodPost, box.URL()+"/myotp/generate_otp?<b>=<i>", map[string]string{"X-Note": "<script>window.hacked = 8</script>"},
		sandboxtest.Fields{"phone_number": "<img src=x onerror='window.hacked = 9'>"})
	sandboxtest.Must(t, err)
	p.has(len(texts), "#list > li")
	p.has(1, "#refused li")
	sent := box.Messages()
	for i := range texts {
		number := sent[len(sent)-1-i].Number
		want := sent[len(sent)-1-i].Text
		got := eval[string](p, fmt.Sprintf(`document.querySelector("#message-%d .text").textContent`, number))
		if got != want || !strings.Contains(want, sent[len(sent)-1-i].Code) {
			t.Errorf("message %d shows %q, want %q", number, got, want)
		}
		p.click(fmt.Sprintf(`[aria-label^="Details of message %d "]`, number))
		p.has(1, "dialog")
		if got := eval[string](p, `document.querySelector("dialog .text").textContent`); got != want {
			t.Errorf("the details of message %d show %q, want %q", number, got, want)
		}
		p.click("dialog .bar button")
		p.has(0, "dialog")
	}
	// What turns the direction of writing around stays in its own line.
	if got := eval[string](p, `getComputedStyle(document.querySelector("#list .text")).unicodeBidi`); got != "plaintext" && got != "isolate" {
		t.Errorf("texts are not kept apart: unicode-bidi is %q", got)
	}
	p.click(`[aria-label^="Details of refused"]`)
	p.shows("dialog", "<script>window.hacked = 8</script>")
	p.shows("dialog", "<b>=<i>")
	if foreign := eval[int](p, `document.querySelectorAll("#list :is(script, img, svg, iframe, b b, i), #refused :is(script, img), dialog :is(script, img, svg, iframe, i)").length`); foreign != 0 {
		t.Errorf("%d elements were made of texts", foreign)
	}
	if eval[string](p, "window.loaded") != "once" || eval[bool](p, `"hacked" in window`) {
		t.Error("something in a text was run")
	}
}
