package vendors_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/fuzztest"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// scripted is a vendor that gives one answer to everything.
type scripted struct {
	status      int
	contentType string
	body        []byte
}

// patience is what a call may take before it counts as hanging.
const patience = 20 * time.Second

func FuzzAnswers(f *testing.F) {
	all := operations()
	for number, o := range all {
		vendor, name := path.Split(o.folder)
		found := false
		for _, file := range replay.Files(f, filepath.Join(vendor, "testdata", "contract")) {
			if file.Operation != name {
				continue
			}
			found = true
			status, body := file.Response.Status-200, file.Response.Bytes()
			f.Add(uint8(number), uint16(status), "application/json", body)
			f.Add(uint8(number), uint16(status), "text/html", body)
			for _, mutant := range fuzztest.Mutants(3, body) {
				f.Add(uint8(number), uint16(status), "application/json", mutant)
			}
		}
		if !found {
			f.Fatalf("%s has no contract files", o.folder)
		}
	}
	var script atomic.Pointer[scripted]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := script.Load()
		w.Header().Set("Content-Type", s.contentType)
		w.WriteHeader(s.status)
		// A client that has read enough may have hung up.
		_, _ = w.Write(s.body)
	}))
	f.Cleanup(server.Close)
	clients := vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.AndroidAPI: {Credentials: map[string]string{"SECRET": "made-up"}, BaseURL: server.URL},
		otp.MyOTP:      {Credentials: map[string]string{"API_KEY": "made-up"}, BaseURL: server.URL},
		otp.Octopush:   {Credentials: map[string]string{"API_LOGIN": "made-up", "API_KEY": "made-up"}, BaseURL: server.URL},
		otp.Way2API:    {Credentials: map[string]string{"API_KEY": "made-up"}, BaseURL: server.URL},
	}, HTTP: httpapi.Options{MaxRequestsPerSecond: 1e6},
	})
	f.Fuzz(func(t *testing.T, number uint8, status uint16, contentType string, body []byte) {
		script.Store(&scripted{status: 200 + int(status)%400, contentType: contentType, body: body})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		o := all[int(number)%len(all)]
		_, err := o.call(ctx, clients)
		var failure *httpapi.Error
		switch {
		case ctx.Err() != nil:
			t.Fatalf("%s hangs", o.folder)
		case err != nil && (!errors.As(err, &failure) || !failure.Vendor.Valid() || failure.Kind == ""):
			t.Fatalf("%s: %v", o.folder, err)
		}
	})
}

// Every vendor takes part.
func TestEveryEndpointIsFuzzed(t *testing.T) {
	fuzzed := map[string]bool{
		"myotp/check_otp": true, // the older path of check_otp_status
		// FuzzVerdicts of package delivery is about the calls of documents.
		"androidapi/send_otp": true, "androidapi/get_otp": true, "myotp/generate_otp": true, "myotp/verify_otp": true, "myotp/extend_otp": true,
		"octopush/otp_generate": true, "octopush/otp_validate": true, "way2api/send_otp_pin": true,
	}
	for _, o := range operations() {
		fuzzed[o.folder] = true
	}
	for vendor, endpoints := range map[otp.Vendor][]httpapi.Endpoint{
		otp.AndroidAPI: androidapi.Endpoints(), otp.MyOTP: myotp.Endpoints(), otp.Octopush: octopush.Endpoints(), otp.Way2API: way2api.Endpoints(),
	} {
		for _, endpoint := range endpoints {
			if !fuzzed[string(vendor)+"/"+endpoint.Operation] {
				t.Errorf("%s of %s is not fuzzed", endpoint.Operation, vendor)
			}
		}
	}
}
