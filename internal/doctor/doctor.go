// Package doctor looks at everything that must be right before the first send:
// the catalog, the documents, the environment, the way to the vendors, their
// accounts, and what a code costs. It sends nothing, and makes only reads that
// cost nothing.
package doctor

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Options are what a doctor looks at, and how.
type Options struct {
	Version   string // of the provider
	URL       string // of the catalog
	UserAgent string
	// Profiles are the names of those to look at. None: all.
	Profiles []string
	// Timeout is how long the catalog may take, and each question to a vendor.
	Timeout time.Duration
	// Judge is what is wrong with an object of a catalog, see catalog.Check.
	Judge catalog.Judge
	// Now is the clock of this machine. Nil: the system's.
	Now func() time.Time
}

// examination is one run of the doctor.
type examination struct {
	Options
	Report
	clients *vendors.Clients
	routes  []route
	// reached are the accounts that have answered and accept their credentials.
	reached map[account]bool

	mu    sync.Mutex
	heads map[account][]httpapi.Head
}

// account is one account of a vendor; an empty slug is the default one.
type account struct {
	vendor otp.Vendor
	slug   string
}

// String is the account in a line.
func (a account) String() string {
	if a.slug == "" {
		return a.vendor.Title()
	}
	return a.vendor.Title() + " (" + a.slug + ")"
}

// route is one route of a profile.
type route struct {
	account
	document otp.Document
	otp.DocumentRoute
	number int
}

// at is the route in a line, such as login.routes[0].
func (r route) at() otp.Path {
	return otp.At(r.document.Profile).Attribute("routes").Index(r.number)
}

// Examine looks at everything. The error is that of a context that ended; all
// else is in the report.
func Examine(ctx context.Context, options Options) (Report, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	x := &examination{
		Options: options, reached: map[account]bool{}, heads: map[account][]httpapi.Head{},
		Report: Report{Version: options.Version, OS: runtime.GOOS, Arch: runtime.GOARCH, Profiles: []string{}, Vendors: []string{}, Lines: []Line{}, Prices: []Price{}},
	}
	config := vendors.Config{
		// The patience ends first, so that a vendor that hangs is told in one way.
		HTTP: httpapi.Options{Timeout: 2 * options.Timeout, Now: options.Now, Seen: x.seen, Patience: options.Timeout}, UserAgent: options.UserAgent,
	}
	config.Accounts = config.FromVariables("")
	x.clients = vendors.New(config)
	defer x.clients.Transport().CloseIdle()

	x.catalog(ctx)
	accounts := x.accounts()
	x.ask(ctx, x.prepare(accounts))
	x.clocks()
	x.inspect(ctx)
	x.costs(ctx)
	x.finish()
	return x.Report, ctx.Err()
}

// seen keeps what an answer shows.
func (x *examination) seen(head httpapi.Head) {
	x.mu.Lock()
	defer x.mu.Unlock()
	from := account{head.Vendor, head.Account}
	x.heads[from] = append(x.heads[from], head)
}

// accounts are those of the routes, or where there is no route those that the
// environment has credentials of, in a stable order.
func (x *examination) accounts() []account {
	var all []account
	for _, r := range x.routes {
		if !slices.Contains(all, r.account) {
			all = append(all, r.account)
		}
	}
	if len(x.routes) == 0 {
		for _, vendor := range vendors.All() {
			if x.clients.Configured(vendor.Name) {
				all = append(all, account{vendor: vendor.Name})
			}
		}
	}
	slices.SortFunc(all, func(a, b account) int { return strings.Compare(a.String(), b.String()) })
	for _, a := range all {
		x.Vendors = append(x.Vendors, a.String())
	}
	return all
}

func value(vendor otp.Vendor, slug, field string) string {
	return os.Getenv(vendor.Variable(slug, field))
}
