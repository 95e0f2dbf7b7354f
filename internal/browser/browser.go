// Package browser drives a headless Chromium: for the tests of the sandbox's
// page, and for the pictures of the README. The provider does not import it.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// ErrMissing says that this machine has no Chromium.
var ErrMissing = errors.New("no Chromium is on PATH, neither as chromium, chromium-browser nor google-chrome (Debian: apt-get install chromium)")

// patience is how long a page may take for one thing that it is asked for. It
// is only met where something is broken.
const patience = time.Minute

// Browser is a running Chromium, without a window and with a profile of its own.
type Browser struct{ ctx context.Context }

// Find is the path of the Chromium of this machine, or ErrMissing.
func Find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

// Open starts a browser. It ends with Close, or with the context.
func Open(ctx context.Context) (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("font-render-hinting", "none"), // letters keep their distance at every scale
		chromedp.Flag("hide-scrollbars", true),
	)
	if os.Geteuid() == 0 { // as in a container, where Chromium cannot make its own sandbox
		options = append(options, chromedp.NoSandbox)
	}
	allocator, _ := chromedp.NewExecAllocator(ctx, options...)
	b := &Browser{}
	b.ctx, _ = chromedp.NewContext(allocator) // Close cancels it
	// A page may read back what it has copied.
	clipboard := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "clipboard-read"}, Setting: browser.PermissionSettingGranted}
	if _, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, clipboard); err != nil { //nolint:contextcheck // it is the allocator's, which is made of ctx
		return nil, errors.Join(fmt.Errorf("starting %s: %w", path, err), b.Close())
	}
	return b, nil
}

// Close ends the browser and removes what it kept.
func (b *Browser) Close() error { return chromedp.Cancel(b.ctx) }

// Look is how a page is looked at.
type Look struct {
	Width, Height int64 // CSS pixels
	Dark          bool
	// Scale is how many pixels of a picture make one CSS pixel. 0: one.
	Scale float64
}

// Page is one tab.
type Page struct{ ctx context.Context }

// Page opens a tab with what is at an address, and has loaded it when it
// returns. Close the tab.
func (b *Browser) Page(look Look, address string) (*Page, error) {
	p := &Page{}
	p.ctx, _ = chromedp.NewContext(b.ctx) // Close cancels it
	// The context that makes a tab is the one that ends it: no timeout here.
	err := chromedp.Do(p.ctx)
	if err == nil {
		err = p.Look(look)
	}
	if err == nil {
		err = p.do(chromedp.Navigate(address))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", address, err), p.Close())
	}
	return p, nil
}

// Close closes the tab.
func (p *Page) Close() error { return chromedp.Cancel(p.ctx) }

// Look changes how the page is looked at.
func (p *Page) Look(look Look) error {
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	if look.Scale == 0 {
		look.Scale = 1
	}
	return p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: look.Width, Height: look.Height, DeviceScaleFactor: look.Scale,
		})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
		}})
		if err != nil {
			return err
		}
		// As the tab that somebody has in front of them.
		_, err = cdp.Call(ctx, tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
}

// do does what is asked for, unless that takes too long. The tab outlives it.
func (p *Page) do(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	return chromedp.Do(ctx, actions...)
}
