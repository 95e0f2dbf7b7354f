# make tflint runs this over every folder of examples/.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Pages show one object each; what is around it, the tests add. A version of the
# provider can be named once there is one, and no single number says both the
# oldest Terraform and the oldest OpenTofu.
rule "terraform_required_providers" {
  enabled = false
}

rule "terraform_required_version" {
  enabled = false
}

# An example is read in one file.
rule "terraform_standard_module_structure" {
  enabled = false
}
