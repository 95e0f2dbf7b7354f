package sandbox_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// contractGiven is the sandbox's state before a contract's request.
type contractGiven struct {
	Settings         json.RawMessage      `json:"settings"`
	Account          json.RawMessage      `json:"account"`
	Sent             []json.RawMessage    `json:"sent"`
	Verified         []sandboxtest.Fields `json:"verified"`
	Transactions     int                  `json:"transactions"`
	NullTransactions int                  `json:"null_transactions"`
	Consumption      []json.RawMessage    `json:"consumption"`
	Devices          int                  `json:"devices"`
	SMS              int                  `json:"sms"`
	WhatsApp         int                  `json:"whatsapp"`
	Messages         []json.RawMessage    `json:"messages"`
	Links            []json.RawMessage    `json:"links"`
	Fault            *sandbox.Fault       `json:"fault"`
}

// contractVendor puts the sandbox into the state a contract file asks for.
type contractVendor struct {
	name    string
	options func(settings json.RawMessage) (sandbox.Options, error)
	given   func(t *testing.T, s *sandbox.Server, given contractGiven)
}

var contractVendors = []contractVendor{
	{"androidapi", func(raw json.RawMessage) (o sandbox.Options, err error) {
		return o, overlay(raw, &o.Settings.AndroidAPI)
	}, givenAndroidAPI},
	{"myotp", func(raw json.RawMessage) (o sandbox.Options, err error) { return o, overlay(raw, &o.Settings.MyOTP) }, givenMyOTP},
	{"octopush", func(raw json.RawMessage) (o sandbox.Options, err error) { return o, overlay(raw, &o.Settings.Octopush) }, givenOctopush},
	{"way2api", func(raw json.RawMessage) (o sandbox.Options, err error) { return o, overlay(raw, &o.Settings.Way2API) }, givenWay2API},
}

func givenAndroidAPI(t *testing.T, s *sandbox.Server, given contractGiven) {
	control := androidapi.At(s)
	sandboxtest.Must(t, control.Update(func(a *androidapi.Account) { sandboxtest.Must(t, overlay(given.Account, a)) }))
	sandboxtest.Must(t, control.AddDevices(given.Devices))
	sandboxtest.Must(t, control.AddSentMessages("sms", given.SMS))
	sandboxtest.Must(t, control.AddSentMessages("whatsapp", given.WhatsApp))
	vendor := emulate.Of[*androidapi.Emulator](s)
	add(t, s, vendor, "messages", given.Messages)
	add(t, s, vendor, "links", given.Links)
	add(t, s, vendor, "codes", given.Sent)
}

func givenWay2API(t *testing.T, s *sandbox.Server, given contractGiven) {
	sandboxtest.Must(t, way2api.At(s).Update(func(a *way2api.Account) { sandboxtest.Must(t, overlay(given.Account, a)) }))
	add(t, s, emulate.Of[*way2api.Emulator](s), "calls", given.Sent)
}

func givenMyOTP(t *testing.T, s *sandbox.Server, given contractGiven) {
	control, vendor := myotp.At(s), emulate.Of[*myotp.Emulator](s)
	sandboxtest.Must(t, control.Update(func(a *myotp.Account) { sandboxtest.Must(t, overlay(given.Account, a)) }))
	sandboxtest.Must(t, control.AddTransactions(given.Transactions))
	add(t, s, vendor, "challenges", given.Sent)
	for _, raw := range given.Sent {
		var sent struct {
			MessageID string    `json:"message_id"`
			Phone     string    `json:"phone_number"`
			Channel   string    `json:"channel"`
			SentAt    time.Time `json:"sent_at"`
		}
		sandboxtest.Must(t, json.Unmarshal(raw, &sent))
		row, err := json.Marshal(sandboxtest.Fields{
			"message_id": sent.MessageID, "phone_number": sent.Phone, "channel": sent.Channel, "at": sent.SentAt,
			"cost": sandboxtest.Account(t, control.Account).Prices[sent.Channel], "type": 1, "status": "delivered",
			"country": emulate.Alpha3(emulate.Country("+" + sent.Phone)), "description": "OTP sent", "client_ip": "127.0.0.1", "application": "sandbox",
		})
		sandboxtest.Must(t, err)
		add(t, s, vendor, "transactions", []json.RawMessage{row})
	}
	for range given.NullTransactions {
		row, err := json.Marshal(sandboxtest.Fields{"message_id": "none", "at": sandboxtest.Start, "type": 1})
		sandboxtest.Must(t, err)
		add(t, s, vendor, "transactions", []json.RawMessage{row})
	}
	for _, body := range given.Verified {
		if out := sandboxtest.MyOTP(t, s, "/verify_otp", body); out.Text("status") != "success" {
			t.Fatalf("given verification failed: %s", out.Raw)
		}
	}
}

func givenOctopush(t *testing.T, s *sandbox.Server, given contractGiven) {
	sandboxtest.Must(t, octopush.At(s).Update(func(a *octopush.Account) { sandboxtest.Must(t, overlay(given.Account, a)) }))
	vendor := emulate.Of[*octopush.Emulator](s)
	add(t, s, vendor, "consumption", given.Consumption)
	add(t, s, vendor, "challenges", given.Sent)
}

// add puts rows at the end of a list of a vendor's state. A row with a key that
// the vendor does not keep is an error.
func add(t *testing.T, s *sandbox.Server, vendor emulate.Vendor, list string, rows []json.RawMessage) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	sandboxtest.Must(t, s.Change(func(*emulate.Exchange) error {
		state, err := emulate.Clone(map[string]any{"state": vendor.State()})
		if err != nil {
			return err
		}
		kept, _ := state["state"].(map[string]any)
		all, _ := kept[list].([]any)
		for _, row := range rows {
			all = append(all, row)
		}
		kept[list] = all
		raw, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		return vendor.Restore(raw)
	}))
	var kept map[string]json.RawMessage
	raw, err := json.Marshal(vendor.State())
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, json.Unmarshal(raw, &kept))
	var all []json.RawMessage
	sandboxtest.Must(t, json.Unmarshal(kept[list], &all))
	for i, row := range rows {
		var want, have map[string]any
		if json.Unmarshal(row, &want) != nil {
			continue // no object
		}
		sandboxtest.Must(t, json.Unmarshal(all[len(all)-len(rows)+i], &have))
		for key, value := range want {
			if _, ok := have[key]; !ok && value != "" && value != 0.0 { // what is empty may be left out
				t.Errorf("%s keeps no %q in its %s", vendor.Name(), key, list)
			}
		}
	}
}

// overlay decodes onto what is there; a misspelt key is an error.
func overlay(raw json.RawMessage, onto any) error {
	if raw == nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(onto)
}
