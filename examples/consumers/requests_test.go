package consumers_test

import "fmt"

// The requests of the fixtures, as vendor.describe writes them.

func octopushSend(text string) string {
	return `POST /octopush/service/otp/generate api-key=made-up-octopush-key api-login=ops@acme.example json ` +
		`{"allow_digits":true,"allow_lower_case":false,"allow_special_chars":false,"allow_upper_case":false,"channel":"sms",` +
		`"code_length":6,"max_wrong_attempts":3,"phone_number":"+33612345678","remove_confusing_characters":false,` +
		`"sender":"ACMEBANK","text":"` + text + `","validity_period":300}`
}

func octopushVerify(code, token string) string {
	if token != "" {
		token = `"otp_request_token":"` + token + `",`
	}
	return `PUT /octopush/service/otp/validate api-key=made-up-octopush-key api-login=ops@acme.example json ` +
		`{"code":"` + code + `",` + token + `"phone_number":"+33612345678"}`
}

func myotpSend(force bool, order int) string {
	return fmt.Sprintf(`POST /myotp/generate_otp x-api-key=made-up-myotp-key json `+
		`{"brand":"Acme","channel":"sms","force_send":%t,"otp_length":6,"otp_validity":300,"phone_number":"33612345678",`+
		`"return_otp":false,"template_order":%d}`, force, order)
}

func myotpVerify(code, id string) string {
	if id != "" {
		id = `"message_id":"` + id + `",`
	}
	return `POST /myotp/verify_otp x-api-key=made-up-myotp-key json {` + id + `"otp":"` + code + `","phone_number":"33612345678"}`
}

func myotpCall(path, fields string) string {
	return "POST /myotp/" + path + " x-api-key=made-up-myotp-key json " + fields
}

func androidSend(text string) string {
	return `POST /androidapi/send/otp multipart {"device":"00000000-0000-0000-aaaa-bbbbccccdddd","expire":"300",` +
		`"message":"` + text + `","mode":"devices","phone":"+33612345678","secret":"made+up/androidapi&secret","sim":"1","type":"sms"}`
}

func androidVerify(code string) string {
	return `GET /androidapi/get/otp query {"otp":"` + code + `","secret":"made+up/androidapi&secret"}`
}

const (
	octopushText = "Acme: {code} is your code."
	androidText  = "Acme: {{otp}} is your code."

	octopushOK  = `200 {"code": 0, "message": "leak-marker", "ticket_number": "sms_1", "otp_request_token": "otp_1"}`
	octopushNo  = `403 {"code": 101, "message": "leak-marker"}`
	myotpOK     = `200 {"message_id": "3f0c1d2e", "status": "accepted", "message": "leak-marker", "cost": 1.0}`
	androidOK   = `200 {"status": 200, "message": "OTP has been sent!", "data": {"messageId": 901, "otp": 482913, "message": "leak-marker 482913"}}`
	androidYes  = `200 {"status": 200, "message": "OTP has been verified!", "data": false}`
	way2apiOK   = `200 {"success": true, "message": "", "data": {"order_id": "W2A1", "result": {"sms_status": "sent"}}}`
	way2apiCall = `POST /way2api/aws/send_otp-pin authorization=Bearer made-up-way2api-key json ` +
		`{"content":"OTP","number":"919876543210","purpose":"login","share_with":"no_one","value":"MADE, 6 digits"}`
	indian = "+919876543210"
)

// The results, as the consumers print them.

func by(vendor, outcome, more string) string {
	return byRoute(0, vendor, outcome, more)
}

// byRoute is a result of a route; more is the answer, such as "HTTP 200", or
// nothing where no call was made, and may add further members.
func byRoute(number int, vendor, outcome, more string) string {
	if more != "" {
		more = `,"answer":` + more
	}
	return fmt.Sprintf(`{"outcome":%q,"route":%d,"vendor":%q,"channel":"sms"%s}`, outcome, number, vendor, more)
}

const (
	http200 = `"HTTP 200"`
	http403 = `"HTTP 403"`
)
