package sandboxtest

import (
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// What a new sandbox knows, and a customer's phone number.
const (
	CounterPhone  = "00000000-0000-0000-aaaa-bbbbccccdddd"
	ShopPhone     = "00000000-0000-0000-1111-222233334444"
	SupportUnique = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	SupportPhone  = "+923001112233"
	Customer      = "+923004445566"
)

// Params are the parameters of AndroidAPI.
type Params = map[string]string

// MyOTP asks MyOTP, with the right key.
func MyOTP(t *testing.T, s *sandbox.Server, path string, body any) Response {
	t.Helper()
	out, err := Send(t, http.MethodPost, s.URL()+"/myotp"+path, map[string]string{"X-API-Key": myotp.Key}, body)
	Must(t, err)
	return out
}

// Octopush asks Octopush, with the right credentials.
func Octopush(t *testing.T, s *sandbox.Server, method, path string, body any) Response {
	t.Helper()
	headers := map[string]string{"api-login": octopush.Login, "api-key": octopush.Key}
	out, err := Send(t, method, s.URL()+"/octopush/v1/public"+path, headers, body)
	Must(t, err)
	return out
}

// OctopushBody is a send that leaves nothing to defaults.
func OctopushBody() Fields {
	return Fields{
		"phone_number": "+33600000001", "text": "Acme: {code}", "channel": "sms", "sender": "ACMEBANK", "code_length": 6,
		"allow_digits": true, "allow_upper_case": false, "allow_lower_case": false, "allow_special_chars": false,
		"remove_confusing_characters": false, "validity_period": 300, "max_wrong_attempts": 3, "voice_language": "en-US", "voice_gender": "female",
	}
}

// Way2APIBody is a send.
func Way2APIBody() Fields {
	return Fields{"value": "5289", "number": "919876543210", "content": "OTP", "purpose": "login", "share_with": "no_one"}
}

// Way2API sends a code through Way2API, with the right key.
func Way2API(t *testing.T, s *sandbox.Server, body any) Response {
	t.Helper()
	headers := map[string]string{"Authorization": "Bearer " + way2api.Key, "Content-Type": "application/json"}
	out, err := Send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", headers, body)
	Must(t, err)
	return out
}

// ByDevice is a send by a device of one's own.
func ByDevice() Params {
	return Params{"type": "sms", "message": "Acme: {{otp}}", "phone": Customer, "mode": "devices", "device": CounterPhone, "sim": "2"}
}

// ByGateway is a send by a gateway or a partner device.
func ByGateway(gateway string) Params {
	return Params{"type": "sms", "message": "Acme: {{otp}}", "phone": Customer, "mode": "credits", "gateway": gateway}
}

// ByWhatsApp is a send by the linked account.
func ByWhatsApp() Params {
	return Params{"type": "whatsapp", "message": "Acme: {{otp}}", "phone": Customer, "account": SupportUnique}
}

// EncodeQuery is a query, or a urlencoded body.
func EncodeQuery(values Params) string {
	query := url.Values{}
	for name, value := range values {
		query.Set(name, value)
	}
	return query.Encode()
}

// EncodeMultipart is a multipart body.
func EncodeMultipart(t *testing.T, values Params) (contentType, body string) {
	t.Helper()
	var out strings.Builder
	writer := multipart.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		Must(t, writer.WriteField(name, values[name]))
	}
	Must(t, writer.Close())
	return writer.FormDataContentType(), out.String()
}

// WithSecret adds the right secret.
func WithSecret(values Params) Params {
	out := Params{"secret": androidapi.Secret}
	maps.Copy(out, values)
	return out
}

// AndroidAPI asks AndroidAPI in the query, with the right secret.
func AndroidAPI(t *testing.T, s *sandbox.Server, path string, values Params) Response {
	t.Helper()
	out, err := Send(t, http.MethodGet, s.URL()+"/androidapi/api"+path+"?"+EncodeQuery(WithSecret(values)), nil, nil)
	Must(t, err)
	return out
}

// SendOTP sends a code through AndroidAPI, in a multipart body.
func SendOTP(t *testing.T, s *sandbox.Server, values Params) Response {
	t.Helper()
	contentType, body := EncodeMultipart(t, WithSecret(values))
	out, err := Send(t, http.MethodPost, s.URL()+"/androidapi/api/send/otp", map[string]string{"Content-Type": contentType}, body)
	Must(t, err)
	return out
}

// TokenOf is the token in the links of an answer about a QR code.
func TokenOf(t *testing.T, got Response) string {
	t.Helper()
	link, _ := got.Data()["qrimagelink"].(string)
	address, err := url.Parse(link)
	Must(t, err)
	token := address.Query().Get("token")
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(token) {
		t.Fatalf("token %q: %s", token, got.Raw)
	}
	return token
}
