# The catalog of the tests. What they make, they remove again; the file stays,
# with its history.
provider "otp" {
  catalog = { url = "sqlite:test-catalog.db" }
}

# A plan shows the document, so most questions need no apply.
run "the_document" {
  command = plan

  assert {
    condition     = otp_profile.login.sms_segments == 1
    error_message = "A login code costs ${otp_profile.login.sms_segments} segments."
  }

  assert {
    condition     = strcontains(otp_profile.login.document, "Never share it.")
    error_message = "The message does not warn."
  }
}

# Letters outside of the GSM alphabet double the price.
run "a_greek_name_is_too_expensive" {
  command = plan

  variables {
    display_name = "Ακμή Τράπεζα"
  }

  expect_failures = [otp_profile.login]
}
