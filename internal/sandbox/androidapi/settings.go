package androidapi

import (
	"fmt"
	"slices"
)

// Settings choose a reading where AndroidAPI's documents are silent
// or disagree (AndroidAPI reference §14). The zero value is the default reading.
type Settings struct {
	// MirrorStatus answers a body status of 401 and 403 with the same HTTP
	// status. False: HTTP 200 around every envelope.
	MirrorStatus bool `json:"mirror_status"`
	// EmptyList404 answers an empty list with body status 404 and data false.
	// False: an empty array.
	EmptyList404 bool `json:"empty_list_404"`
	// MessageID is the key of a send's message ID: MessageIDCamel (the default),
	// MessageIDLower or MessageIDNone.
	MessageID string `json:"message_id"`
	// SingleAsArray answers a single message as an array of one. False: an object.
	SingleAsArray bool `json:"single_as_array"`
	// ReusableCodes lets a code verify until it expires. False: once.
	ReusableCodes bool `json:"reusable_codes"`
	// LeadingZeros makes codes that may begin with 0, which the number in the
	// send's answer then loses. False: codes begin with 1 to 9, as in every sample.
	LeadingZeros bool `json:"leading_zeros"`
	// OptionalPlaceholder sends a message without {{otp}}, and without a code.
	// False: such a message is refused.
	OptionalPlaceholder bool `json:"optional_placeholder"`
	// Exhausted400 answers 400 to a send without credits or package left. False: 403.
	Exhausted400 bool `json:"exhausted_400"`
	// PendingSeconds is how long a message waits among the pending ones. 0 means
	// 5 seconds, below 0 not at all.
	PendingSeconds int `json:"pending_seconds"`
	// RefuseDisconnected answers 404 to a send from a disconnected WhatsApp
	// account. False: the message is taken and fails.
	RefuseDisconnected bool `json:"refuse_disconnected"`
	// ShortDevices leaves out what newer versions do not tell about a device.
	ShortDevices bool `json:"short_devices"`
	// RequireServer makes sid required when linking, as in older versions.
	RequireServer bool `json:"require_server"`
	// QRSeconds is how long a QR code lives. 0 means 60 seconds.
	QRSeconds int `json:"qr_seconds"`
	// RotateQR replaces an expired QR code under the same token. False: the
	// token is gone and a new link is needed.
	RotateQR bool `json:"rotate_qr"`
	// InfoWaiting200 answers status 200 and data false while nobody has scanned.
	// False: status 301.
	InfoWaiting200 bool `json:"info_waiting_200"`
	// InfoPhone tells status, unique and phone after a scan. False: wid and unique.
	InfoPhone bool `json:"info_phone"`
	// RelinkConnected gives a QR code for a connected account too. False:
	// already_connected.
	RelinkConnected bool `json:"relink_connected"`
	// RelinkInfoLink adds the infolink to a relink's answer. False: it is left
	// out, as in the samples.
	RelinkInfoLink bool `json:"relink_infolink"`
}

// The keys of a send's message ID.
const (
	MessageIDCamel = "messageId" // the vendor's connector
	MessageIDLower = "messageid" // another instance's documentation
	MessageIDNone  = "none"      // the vendor's own sample
)

func (s *Settings) check() error {
	if s.MessageID == "" {
		s.MessageID = MessageIDCamel
	}
	if known := []string{MessageIDCamel, MessageIDLower, MessageIDNone}; !slices.Contains(known, s.MessageID) {
		return fmt.Errorf("AndroidAPI setting message_id is %q: it is one of %q", s.MessageID, known)
	}
	if s.PendingSeconds == 0 {
		s.PendingSeconds = 5
	}
	if s.QRSeconds < 0 {
		return fmt.Errorf("AndroidAPI setting qr_seconds is %d: it is 0 for the default or more", s.QRSeconds)
	}
	if s.QRSeconds == 0 {
		s.QRSeconds = 60
	}
	return nil
}
