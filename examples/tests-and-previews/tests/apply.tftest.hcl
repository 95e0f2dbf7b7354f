provider "otp" {
  catalog = { url = "sqlite:test-catalog.db" }
}

# An apply writes to the catalog of the tests. In one that has these names
# already, it would be refused, and nothing would be removed at the end.
run "first" {
  assert {
    condition     = otp_profile.login.made_from["brand/acme"] >= 1
    error_message = "The document was not made from the brand."
  }
}

run "another_display_name" {
  variables {
    display_name = "AcmeBank"
  }

  assert {
    condition     = jsondecode(otp_profile.login.document).brand == "AcmeBank"
    error_message = "The document has the old name."
  }
}
