package vendors_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// What a receipt reads is in the documented answers, at that place.
func TestReceiptsReadTheDocumentedAnswers(t *testing.T) {
	t.Parallel()
	for vendor, test := range map[otp.Vendor]struct {
		file                  string
		message, code, charge string
	}{
		otp.AndroidAPI: {"androidapi/testdata/contract/send_otp/sms_device.json", "901", "482913", ""},
		otp.MyOTP:      {"myotp/testdata/contract/generate_otp/return_otp.json", "3f0c1d2e-4b5a-4c6d-8e7f-0a1b2c3d4e5f", "482913", "1.0"},
		otp.Octopush:   {"octopush/testdata/contract/otp_generate/created.json", "sms_66aa0011bb22", "", ""},
		otp.Way2API:    {"way2api/testdata/contract/send_otp_pin/seed.json", "W2A1790845200a1b2c3d4", "", ""},
	} {
		raw, err := os.ReadFile(filepath.FromSlash(test.file))
		if err != nil {
			t.Fatal(err)
		}
		var contract struct {
			Request  struct{ Body map[string]any }
			Response struct{ Body any }
		}
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.UseNumber()
		if err := decoder.Decode(&contract); err != nil {
			t.Fatal(err)
		}
		known, _ := vendors.Find(vendor)
		receipt := known.Receipt
		for what, place := range map[string]struct{ pointer, want string }{
			"message ID": {receipt.MessageID, test.message}, "code": {receipt.Code, test.code}, "cost": {receipt.Cost, test.charge},
		} {
			if got := follow(contract.Response.Body, place.pointer); got != place.want {
				t.Errorf("%s: the %s is %q, want %q", vendor, what, got, place.want)
			}
		}
		asked := maps.Clone(contract.Request.Body)
		for field, value := range receipt.HandOut {
			if asked[field] != value {
				t.Errorf("%s: the documented request has %s = %v, and the receipt asks with %v", vendor, field, asked[field], value)
			}
		}
		if (receipt.Cost == "") != (receipt.Unit == "") {
			t.Errorf("%s: a cost has a unit, and nothing else has: %+v", vendor, receipt)
		}
	}
}

// follow is what an answer has at a JSON pointer.
func follow(answer any, pointer string) string {
	if pointer == "" {
		return ""
	}
	for _, name := range strings.Split(pointer, "/")[1:] {
		object, ok := answer.(map[string]any)
		if !ok {
			return "nothing"
		}
		answer = object[name]
	}
	switch answer := answer.(type) {
	case string:
		return answer
	case json.Number:
		return answer.String()
	}
	return "nothing"
}
