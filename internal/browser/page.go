package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Script runs an expression in the page and decodes what comes of it as JSON;
// a promise is waited for. into may be nil.
func (p *Page) Script(expression string, into any) error {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	// As JSON, so that what is undefined is no mistake.
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"(async () => JSON.stringify(await ("+expression+")) ?? 'null')()",
		chromedp.EvalAwaitPromise, func(e *runtime.EvaluateParams) { yes := true; e.UserGesture = &yes }))
	if err != nil {
		return fmt.Errorf("in the page, %.200s: %w", expression, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// Load runs a script that defines something for later ones.
func (p *Page) Load(script string) error { return p.do(chromedp.Evaluate[chromedp.Void](script)) }

// Wait waits until an expression is true in the page.
func (p *Page) Wait(expression string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		var is bool
		if err := p.Script("Boolean("+expression+")", &is); err != nil || is {
			return err
		}
		select {
		case <-tick.C:
		case <-late.C:
			seen, err := p.Text("body")
			if err != nil {
				seen = err.Error()
			}
			return fmt.Errorf("after %s, this is still not so: %s; the page shows\n%s", patience, expression, seen)
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
}

// Click clicks on what a CSS selector finds, once it is visible.
func (p *Page) Click(selector string) error {
	if err := p.find(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("clicking on %s: %w", selector, err)
	}
	return nil
}

// replaced is what the browser says of an element that the page replaced after it
// was found, while a message came in, say. Nothing was done with it.
const (
	replaced = "Could not find node with given id"
	looks    = 10
)

// find does something with an element, which it looks for again where the page
// has just replaced it.
func (p *Page) find(action chromedp.Action[chromedp.Void]) error {
	for try := 1; ; try++ {
		if err := p.do(action); err == nil || try == looks || !strings.Contains(err.Error(), replaced) {
			return err
		}
	}
}

// Fill puts a text in place of what is in a field, key by key.
func (p *Page) Fill(selector, text string) error {
	field := chromedp.CSS(selector)
	if err := p.Script(fmt.Sprintf("document.querySelector(%q)?.select()", selector), nil); err != nil {
		return err
	}
	if err := p.find(chromedp.SendKeys(field, text, chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("filling in %s: %w", selector, err)
	}
	return nil
}

// Choose chooses an option by its value.
func (p *Page) Choose(selector, value string) error {
	const choose = `(() => {
		const select = document.querySelector(%[1]q);
		if (![...select.options].some((option) => option.value === %[2]q)) throw new Error("there is no option " + %[2]q);
		select.value = %[2]q;
		for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
	})()`
	return p.Script(fmt.Sprintf(choose, selector, value), nil)
}

// Press presses a key, a character or one that chromedp's package kb names.
func (p *Page) Press(key rune) error {
	return p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		down, text := []*input.DispatchKeyEventParams{}, ""
		for _, event := range kb.Encode(key) {
			if event.Type == kb.KeyChar {
				text = event.Text
				continue
			}
			down = append(down, event)
		}
		// What is typed comes with the key, so that a page that takes the key for
		// itself prevents it, as from a keyboard.
		if text != "" {
			down[0].Type, down[0].Text = input.DispatchKeyEventTypeKeyDown, text
		}
		for _, event := range down {
			if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, *event); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Text is the text that is seen in what a CSS selector finds.
func (p *Page) Text(selector string) (string, error) {
	var text string
	err := p.Script(fmt.Sprintf("document.querySelector(%q).innerText", selector), &text)
	return text, err
}

// Picture is a PNG of what is seen in the window.
func (p *Page) Picture() ([]byte, error) {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// WholePicture is a PNG of the page from its top to its end.
func (p *Page) WholePicture() ([]byte, error) {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.FullScreenshot(100))
}
