# What no plan may hold: one line for each profile and reason.
.resource_changes[]
| select(.type == "otp_profile" and .change.after != null)
| .address as $profile
| .change.after as $after
| ($after.document // "{}" | fromjson) as $document
| (
    (select($after.sms_segments > 1) | "costs \($after.sms_segments) segments a message"),
    (select($after.allowed_countries == null) | "may be sent to every country"),
    (select($document.validity_seconds > 600) | "is valid for more than ten minutes"),
    ($document.routes[]? | select(.vendor == "androidapi" and .send.fields.mode == "credits")
      | "goes through a gateway that sees the code")
  )
| "\($profile): \(.)"
