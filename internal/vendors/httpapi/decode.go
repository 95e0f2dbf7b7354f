package httpapi

// Decode reads the body into out, for answers that Do left uninterpreted
// because their HTTP status decides what may be in them. The error continues
// the sentence "HTTP 200, ", as Client.Unexpected takes it; it quotes nothing
// of the body.
func (a *Answer) Decode(out any) error { return a.decode(out) }
