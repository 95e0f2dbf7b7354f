package consumers_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	store "github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// link links a WhatsApp account by its QR code and gives its ID.
func link(t *testing.T, server *sandbox.Server, number string) string {
	t.Helper()
	environment := server.Environment()
	form := url.Values{"secret": {environment["OTP_ANDROIDAPI_SECRET"]}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, environment["OTP_ANDROIDAPI_BASE_URL"]+"/create/wa.link", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	links := androidapi.At(server).WhatsAppLinks()
	if len(links) != 1 {
		t.Fatalf("%d QR codes wait to be scanned", len(links))
	}
	if err := androidapi.At(server).ScanQR(links[0].Token, number); err != nil {
		t.Fatal(err)
	}
	accounts := androidapi.At(server).WhatsAppAccounts()
	return accounts[len(accounts)-1].Unique
}

func TestALinkedAccountSendsUntilItIsGone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		server := sandbox.StartForTest(t, sandbox.Options{})
		account := link(t, server, "+447700900123")
		s := story{ways: []string{"whatsapp", "device"}, profile: func(p *otp.Profile) {
			unlimited(p)
			p.Routes[0].WhatsAppAccount = account
		}}
		path := filepath.Join(t.TempDir(), "catalog.db")
		stage := newStage(t, c, server, path, s, fill(t, "sqlite:"+path, []story{s})[0])
		stage.requests = len(server.Requests())
		ours := `whatsapp to +33612345678 from "+447700900123": ` + english
		stage.play(t, []act{
			{do: "send", want: "ok 0 HTTP 200", calls: "androidapi send_otp 200", message: "androidapi " + ours},
			verifies("CODE", manners[otp.AndroidAPI].right),
			// Without its phone the account takes the message, and it reaches nobody.
			{
				do: "send", want: "ok 0 HTTP 200", calls: "androidapi send_otp 200",
				given: func(s *sandbox.Server) error { return androidapi.At(s).DisconnectWhatsApp(account) },
			},
			later(6, asks("androidapi wa_message 200", "failed 0 HTTP 200", nil)),
			{do: "send --route 1", want: "ok 1 HTTP 200", calls: "androidapi send_otp 200", arrives: "device"},
			{do: "verify CODE", want: "ok 1 HTTP 200", calls: byAndroidAPI},
			{
				do: "send", want: "ok 1 HTTP 200 after 0 HTTP 200", calls: "androidapi send_otp 200, androidapi send_otp 200", arrives: "device",
				given: atAndroidAPI(func(a *androidapi.Account) { a.WhatsApp = nil }),
			},
		})
	})
}

// TestANewRevisionLeavesCodesOnTheirWay changes what a document was made from,
// and then the document, while codes are on their way.
func TestANewRevisionLeavesCodesOnTheirWay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		server := sandbox.StartForTest(t, sandbox.Options{})
		s := story{ways: []string{"octopush"}, profile: unlimited}
		path := filepath.Join(t.TempDir(), "catalog.db")
		profile := fill(t, "sqlite:"+path, []story{s})[0]
		stage := newStage(t, c, server, path, s, profile)
		write := func(w store.Write) {
			t.Helper()
			catalog, err := store.Open("sqlite:"+path, store.WithActor("test"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := catalog.Update(t.Context(), w, 1); err != nil {
				t.Fatal(err)
			}
			if err := catalog.Close(); err != nil {
				t.Fatal(err)
			}
		}
		renamed := acme
		renamed.DisplayName = "Acme.Two"
		write(store.Write{Ref: store.Ref{Kind: store.Brand, Name: acme.Name}, Spec: spec(t, renamed)})
		stale := ways["octopush"].sends("octopush", "send")
		file := stage.options[1] == "--document" // which is as it was written; only the view tells
		if !file {
			stale.stderr = "not up to date"
		}
		stage.play(t, []act{stale})

		profile.Routes = []otp.Route{ways["myotp"].route}
		profile.Code = &otp.CodePolicy{Length: new(int64(8))}
		write(compiled(t, profile))
		if file {
			documentIn(t, path, profile.Name, stage.options[2])
		}
		stage.play(t, []act{verifies("CODE", manners[otp.Octopush].right)})
		stage.profile = profile
		stage.play(t, []act{
			{
				do: "send", want: "ok 0 HTTP 200", calls: "myotp generate_otp 200",
				message: `myotp sms to +33612345678 from "Acme.Two": CODE is your Acme.Two code. (template 1)`,
			},
			verifies("CODE", manners[otp.MyOTP].right),
		})
	})
}
