package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/cli"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// requireVariable names the environment variable that turns a missing browser
// from a reason to skip tests into a failure, when it is 1. CI sets it.
const requireVariable = "OTP_TEST_REQUIRE_BROWSER"

// commandVariable makes this test's program the provider's command line.
const commandVariable = "OTP_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) == "1" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := cli.Report(cli.Run(ctx, "test", os.Args[1:]))
		stop()
		os.Exit(code)
	}
	providertest.Main(m)
}

// How the page is looked at.
var (
	desk  = browser.Look{Width: 1280, Height: 900}
	phone = browser.Look{Width: 400, Height: 800}
)

func dark(look browser.Look) browser.Look { look.Dark = true; return look }

// One browser serves all tests: starting one takes longer than most of them.
func TestThePageInABrowser(t *testing.T) {
	b, err := browser.Open(context.Background()) // and not as long as the test: it is closed
	if errors.Is(err, browser.ErrMissing) {
		missing(t, err.Error())
	}
	sandboxtest.Must(t, err)
	t.Cleanup(func() { sandboxtest.Must(t, b.Close()) })
	for name, test := range map[string]func(*testing.T, *browser.Browser){
		"shows a message with all that is known of it":       showsAMessage,
		"shows what happened in a message's life":            showsALife,
		"shows refused sends and why":                        showsRefusedSends,
		"filters, and keeps the filters in the address":      filters,
		"forgets one message, or all":                        forgets,
		"shows texts with markup as texts":                   showsMarkupAsText,
		"copies calls as curl that does the same":            copiesCalls,
		"sets faults, clock, balances and devices":           setsTheBench,
		"says what to do first":                              saysWhatToDoFirst,
		"is accessible, and fits":                            isAccessible,
		"can be used with the keyboard alone":                worksByKeyboard,
		"works beside Terraform":                             worksBesideTerraform,
		"reconnects, and follows what happened in between":   reconnects,
		"asks for the token where it listens to the network": asksForTheToken,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}

// missing skips a test for want of something, or fails it where that is required.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv(requireVariable) == "1" {
		t.Fatal(what)
	}
	t.Skipf("%s. The page is NOT tested in a browser.", what)
}

// tab is a page of a sandbox. What fails ends the test.
type tab struct {
	*browser.Page
	t   *testing.T
	box *sandbox.Server
}

// open opens the page of a sandbox, and waits until it is live.
func open(t *testing.T, b *browser.Browser, look browser.Look, box *sandbox.Server, path string) *tab {
	t.Helper()
	p, err := b.Page(look, box.URL()+path)
	sandboxtest.Must(t, err)
	t.Cleanup(func() { sandboxtest.Must(t, p.Close()) })
	out := &tab{p, t, box}
	out.until(`document.querySelector("#live").classList.contains("on") && document.title.includes("OTP sandbox") && document.querySelector("#now").textContent`)
	return out
}

func (p *tab) click(selector string) { p.t.Helper(); sandboxtest.Must(p.t, p.Click(selector)) }

func (p *tab) fill(selector, text string) {
	p.t.Helper()
	sandboxtest.Must(p.t, p.Fill(selector, text))
}

func (p *tab) choose(selector, value string) {
	p.t.Helper()
	sandboxtest.Must(p.t, p.Choose(selector, value))
}

func (p *tab) press(key string) { p.t.Helper(); sandboxtest.Must(p.t, p.Press([]rune(key)[0])) }

func (p *tab) look(look browser.Look) { p.t.Helper(); sandboxtest.Must(p.t, p.Look(look)) }

func (p *tab) until(expression string) { p.t.Helper(); sandboxtest.Must(p.t, p.Wait(expression)) }

// shows waits until a text is seen in what a selector finds.
func (p *tab) shows(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", selector, text))
}

// has waits until so many are found by a selector, and seen.
func (p *tab) has(n int, selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf("[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility()).length === %d", selector, n))
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	text, err := p.Text(selector)
	sandboxtest.Must(p.t, err)
	return text
}

// eval is what comes of an expression.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	var out T
	sandboxtest.Must(p.t, p.Script(expression, &out))
	return out
}

// axe is axe-core, which looks for what people with a disability cannot use.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, os.ErrNotExist) {
		missing(t, "axe-core is not here: run npm install in internal/browser")
	}
	sandboxtest.Must(t, err)
	return string(script)
}

// accessible fails the test with what axe-core finds.
func (p *tab) accessible(state string) {
	p.t.Helper()
	type violation struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	const run = `axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations)`
	for _, v := range eval[[]violation](p, run) {
		nodes, err := json.MarshalIndent(v.Nodes, "", "  ")
		sandboxtest.Must(p.t, err)
		p.t.Errorf("%s: axe-core finds %s (%s): %s\n%s", state, v.ID, v.Impact, v.Help, nodes)
	}
}

// fits fails the test where something is wider than the window or than the box
// that it is in.
func (p *tab) fits(state string) {
	p.t.Helper()
	const wide = `(() => {
		const out = [];
		const root = document.scrollingElement;
		if (root.scrollWidth > root.clientWidth) out.push("the page is " + root.scrollWidth + " px wide");
		for (const e of document.querySelectorAll("body *")) {
			if (!e.checkVisibility() || e.closest(".hidden, pre, option")) continue;
			const box = e.getBoundingClientRect();
			const style = getComputedStyle(e);
			if (style.display !== "inline" && style.overflowX === "visible" && e.scrollWidth > e.clientWidth + 1) out.push("wider than its box: " + e.outerHTML.slice(0, 120));
			if (box.right > root.clientWidth + 0.5 || box.left < -0.5) out.push("out of the window: " + e.outerHTML.slice(0, 120));
			const around = e.closest(".card, .cards > li, dialog");
			if (around && around !== e && box.right > around.getBoundingClientRect().right) out.push("out of its card: " + e.outerHTML.slice(0, 120));
		}
		return out;
	})()`
	for _, found := range eval[[]string](p, wide) {
		p.t.Errorf("%s: %s", state, found)
	}
}
