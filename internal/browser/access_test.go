package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// busy is a sandbox in which everything that the page can show is there: long
// texts, refused sends, faults, a link to scan, a device that is offline.
func busy(t *testing.T) *sandbox.Server {
	t.Helper()
	box := sandbox.StartForTest(t, sandbox.Options{})
	body := sandboxtest.OctopushBody()
	body["text"] = strings.Repeat("Long words and https://accounts.example.com/"+strings.Repeat("verify", 20)+" ", 4) + "{code}"
	body["code_length"], body["allow_upper_case"] = 32, true
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", body)
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": "Acme", "channel": "whatsapp"})
	sandboxtest.MyOTP(t, box, "/verify_otp", sandboxtest.Fields{"message_id": sandboxtest.Last(t, box.Messages()).MessageID, "otp": sandboxtest.Last(t, box.Messages()).Code})
	sandboxtest.MyOTP(t, box, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "brand": strings.Repeat("x", 300)})
	sandboxtest.SendOTP(t, box, sandboxtest.ByDevice())
	sandboxtest.AndroidAPI(t, box, "/create/wa.link", sandboxtest.Params{"sid": "1"})
	sandboxtest.Post(t, box, "/_sandbox/faults", sandboxtest.Fields{"vendor": "androidapi", "operation": "wa_accounts", "kind": "delay", "delay_milliseconds": 60000, "times": -1})
	sandboxtest.Post(t, box, "/_sandbox/androidapi/device", sandboxtest.Fields{"unique": sandboxtest.ShopPhone, "online": false})
	return box
}

func isAccessible(t *testing.T, b *browser.Browser) {
	script := axe(t)
	looks := []browser.Look{desk, dark(desk), phone, dark(phone)}
	empty := open(t, b, desk, sandbox.StartForTest(t, sandbox.Options{}), "/")
	full := open(t, b, desk, busy(t), "/")
	full.has(3, "#list > li")
	full.has(1, "#links li")
	for _, p := range []*tab{empty, full} {
		sandboxtest.Must(t, p.Load(script))
	}
	check := func(p *tab, state string) {
		for _, look := range looks {
			name := fmt.Sprintf("%s, %d px, dark %t", state, look.Width, look.Dark)
			p.look(look)
			p.until(fmt.Sprintf("innerWidth === %d && matchMedia('(prefers-color-scheme: dark)').matches === %t", look.Width, look.Dark))
			p.accessible(name)
			p.fits(name)
		}
	}
	check(empty, "empty")
	check(full, "list")
	full.click(`[aria-label^="Details of message 1 "]`)
	full.has(1, "dialog")
	check(full, "details")
}

// worksByKeyboard walks through the whole page with the tab key.
func worksByKeyboard(t *testing.T, b *browser.Browser) {
	p := open(t, b, desk, busy(t), "/")
	p.has(3, "#list > li")
	const focusable = `[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter((e) => e.checkVisibility() && !e.disabled)`
	const name = `((e) => e.id || e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40))`
	want := eval[[]string](p, focusable+".map("+name+")")
	if len(want) < 30 {
		t.Fatalf("there is little to focus: %q", want)
	}
	var reached []string
	for range want {
		p.press(kb.Tab)
		reached = append(reached, eval[string](p, name+"(document.activeElement)"))
		type outline struct {
			Style, Width string
			Seen, Inside bool
		}
		seen := eval[outline](p, `((e) => {
			const style = getComputedStyle(e), box = e.getBoundingClientRect();
			return { Style: style.outlineStyle, Width: style.outlineWidth, Seen: e.checkVisibility() && box.width > 1 && box.height > 1, Inside: box.bottom > 0 && box.top < innerHeight };
		})(document.activeElement)`)
		if seen.Style == "none" || seen.Width == "0px" || !seen.Seen || !seen.Inside {
			t.Errorf("the focus on %q is not seen: %+v", reached[len(reached)-1], seen)
		}
	}
	if !slices.Equal(reached, want) {
		t.Errorf("the tab key reaches\n%q, want, in the order of the page,\n%q", reached, want)
	}

	// Details open and close by keys, and the focus goes back.
	details := `[aria-label^="Details of message 3 "]`
	sandboxtest.Must(t, p.Script(fmt.Sprintf("document.querySelector(%q).focus()", details), nil))
	p.press(kb.Enter)
	p.has(1, "dialog")
	for range 12 { // the focus stays in the dialog
		p.press(kb.Tab)
		if !eval[bool](p, `document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement)`) {
			t.Errorf("the focus left the dialog for %s", eval[string](p, "document.activeElement.outerHTML"))
		}
	}
	p.press(kb.Escape)
	p.has(0, "dialog")
	if !eval[bool](p, fmt.Sprintf("document.activeElement === document.querySelector(%q)", details)) {
		t.Errorf("after the details, the focus is on %s", eval[string](p, "document.activeElement.outerHTML"))
	}

	// A key leads to the search; what is typed filters; what arrives meanwhile
	// takes no focus away.
	p.press("/")
	p.press("a")
	if got := eval[string](p, "document.activeElement.id + document.activeElement.value"); got != "texta" {
		t.Errorf("typed into %q", got)
	}
	sandboxtest.Octopush(t, p.box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	p.has(4, "#list > li")
	p.press("c")
	p.press("m")
	p.until(`document.querySelector("#text").value === "acm"`)

	// Deleting by key leaves the focus where the next one is.
	p.fill("#text", " ")
	p.has(4, "#list > li")
	sandboxtest.Must(t, p.Script(`document.querySelector('[aria-label^="Delete message 3 "]').focus()`, nil))
	p.press(kb.Enter)
	p.has(3, "#list > li")
	p.until(`document.activeElement.getAttribute("aria-label")?.startsWith("Delete message 2 ")`)

	// The link at the top skips what is above the messages.
	sandboxtest.Must(t, p.Script(`document.querySelector(".skip").focus()`, nil))
	p.press(kb.Enter)
	p.until(`document.activeElement.id === "messages"`)
}

// reconnects: the sandbox ends and is there again, at the same address.
func reconnects(t *testing.T, b *browser.Browser) {
	first, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, first.Start("127.0.0.1:0"))
	t.Cleanup(func() { sandboxtest.Must(t, first.Close()) })
	p := open(t, b, desk, first, "/")
	sandboxtest.Must(t, first.Close()) // with a page that listens: it ends all the same
	p.shows("#live", "not connected")
	second, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, second.Start(strings.TrimPrefix(first.URL(), "http://")))
	t.Cleanup(func() { sandboxtest.Must(t, second.Close()) })
	sandboxtest.Octopush(t, second, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	p.has(1, "#list > li")
	p.shows("#live", "live")
}

// asksForTheToken: a browser asks for it, and then has it for all that the page
// loads.
func asksForTheToken(t *testing.T, b *browser.Browser) {
	box, err := sandbox.New(sandbox.Options{Token: "let-me-in"})
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, box.Start("127.0.0.1:0"))
	t.Cleanup(func() { sandboxtest.Must(t, box.Close()) })
	if got := sandboxtest.Get(t, box, "/"); got.Status != http.StatusUnauthorized || !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("without the token: HTTP status %d", got.Status)
	}
	address, err := url.Parse(box.URL())
	sandboxtest.Must(t, err)
	address.User = url.UserPassword("me", "let-me-in")
	page, err := b.Page(desk, address.String()+"/")
	sandboxtest.Must(t, err)
	t.Cleanup(func() { sandboxtest.Must(t, page.Close()) })
	p := &tab{page, t, box}
	p.shows("#live", "live")
	sandboxtest.Octopush(t, box, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	p.has(1, "#list > li")
}
