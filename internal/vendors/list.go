package vendors

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// listed are the vendors there are. This is the one place that lists them.
var listed = []httpapi.Vendor{androidapi.Vendor, myotp.Vendor, octopush.Vendor, way2api.Vendor}

// mutex guards listed, which is replaced and never changed.
var mutex sync.RWMutex

// All lists the vendors in alphabetical order.
func All() []httpapi.Vendor {
	mutex.RLock()
	defer mutex.RUnlock()
	return listed
}

// Add lists one more vendor, before anything is configured: one that lives
// elsewhere, such as in a test. The error says that it is there already.
func Add(v httpapi.Vendor) error {
	mutex.Lock()
	defer mutex.Unlock()
	if slices.ContainsFunc(listed, func(known httpapi.Vendor) bool { return known.Name == v.Name }) {
		return fmt.Errorf("the vendor %q is listed already", v.Name)
	}
	more := append(slices.Clone(listed), httpapi.Known(v))
	slices.SortFunc(more, func(a, b httpapi.Vendor) int { return cmp.Compare(a.Name, b.Name) })
	listed = more
	return nil
}

// Find is the vendor of a name.
func Find(name otp.Vendor) (httpapi.Vendor, bool) {
	for _, v := range All() {
		if v.Name == name {
			return v, true
		}
	}
	return httpapi.Vendor{}, false
}

// Compilers returns what turns the routes of a profile into requests, for
// every vendor. They need no credentials.
func Compilers() otp.Compilers {
	compilers := otp.Compilers{}
	for _, v := range All() {
		compilers[v.Name] = v.Compiler
	}
	return compilers
}

// Extensions are by how many seconds vendors can extend a code.
func Extensions() otp.Extensions {
	extensions := otp.Extensions{}
	for _, v := range All() {
		if v.Extension != nil {
			extensions[v.Name] = *v.Extension
		}
	}
	return extensions
}

// Variables names the environment variables that hold the credentials of a
// vendor's account; an empty slug is the default one.
func Variables(vendor otp.Vendor, account string) []string {
	var names []string
	known, _ := Find(vendor)
	for _, credential := range known.Credentials {
		names = append(names, vendor.Variable(account, credential.Field))
	}
	return names
}
