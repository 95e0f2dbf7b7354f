package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// export asks the provider for its schemas and gives them as the CLI's JSON,
// under the given address. Equal schemas give equal bytes.
func export(ctx context.Context, server tfprotov6.ProviderServer, address string) ([]byte, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking the provider for its schemas: %w", err)
	}
	if err := refused("schemas", schemas.Diagnostics); err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking the provider for its identity schemas: %w", err)
	}
	if err := refused("identity schemas", identities.Diagnostics); err != nil {
		return nil, err
	}
	provider := schemaOf(schemas.Provider)
	return json.MarshalIndent(schemasJSON{
		FormatVersion: "1.0",
		Providers: map[string]providerJSON{address: {
			Provider:           &provider,
			Resources:          mapped(schemas.ResourceSchemas, schemaOf),
			DataSources:        mapped(schemas.DataSourceSchemas, schemaOf),
			EphemeralResources: mapped(schemas.EphemeralResourceSchemas, schemaOf),
			ListResources:      mapped(schemas.ListResourceSchemas, schemaOf),
			Actions:            mapped(schemas.ActionSchemas, actionOf),
			Functions:          mapped(schemas.Functions, functionOf),
			Identities:         mapped(identities.IdentitySchemas, identityOf),
		}},
	}, "", "  ")
}

func refused(what string, diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("the provider gives no %s: %s: %s", what, d.Summary, d.Detail)
		}
	}
	return nil
}

func mapped[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, value := range from {
		to[name] = convert(value)
	}
	return to
}

func schemaOf(s *tfprotov6.Schema) schemaJSON {
	return schemaJSON{Version: s.Version, Block: blockOf(s.Block)}
}

func actionOf(s *tfprotov6.ActionSchema) actionJSON {
	return actionJSON{Block: blockOf(s.Schema.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *blockJSON {
	block := &blockJSON{
		Attributes:         attributesOf(b.Attributes),
		Blocks:             map[string]nestedBlockJSON{},
		Description:        b.Description,
		DescriptionKind:    kindOf(b.DescriptionKind),
		Deprecated:         b.Deprecated,
		DeprecationMessage: b.DeprecationMessage,
	}
	for _, nested := range b.BlockTypes {
		block.Blocks[nested.TypeName] = nestedBlockJSON{
			NestingMode: strings.ToLower(nested.Nesting.String()),
			Block:       blockOf(nested.Block),
			MinItems:    nested.MinItems,
			MaxItems:    nested.MaxItems,
		}
	}
	return block
}

func attributesOf(list []*tfprotov6.SchemaAttribute) map[string]attributeJSON {
	attributes := map[string]attributeJSON{}
	for _, a := range list {
		attribute := attributeJSON{
			Type:               a.Type,
			Description:        a.Description,
			DescriptionKind:    kindOf(a.DescriptionKind),
			Deprecated:         a.Deprecated,
			DeprecationMessage: a.DeprecationMessage,
			Required:           a.Required,
			Optional:           a.Optional,
			Computed:           a.Computed,
			Sensitive:          a.Sensitive,
			WriteOnly:          a.WriteOnly,
		}
		if a.NestedType != nil {
			attribute.NestedType = &objectJSON{
				Attributes:  attributesOf(a.NestedType.Attributes),
				NestingMode: strings.ToLower(a.NestedType.Nesting.String()),
			}
		}
		attributes[a.Name] = attribute
	}
	return attributes
}

func functionOf(f *tfprotov6.Function) functionJSON {
	function := functionJSON{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
		Return:             f.Return.Type,
	}
	for _, p := range f.Parameters {
		function.Parameters = append(function.Parameters, parameterOf(p))
	}
	if f.VariadicParameter != nil {
		variadic := parameterOf(f.VariadicParameter)
		function.Variadic = &variadic
	}
	return function
}

func parameterOf(p *tfprotov6.FunctionParameter) parameterJSON {
	return parameterJSON{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: p.Type}
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) identityJSON {
	identity := identityJSON{Version: s.Version, Attributes: map[string]identityAttributeJSON{}}
	for _, a := range s.IdentityAttributes {
		identity.Attributes[a.Name] = identityAttributeJSON{
			Type:              a.Type,
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return identity
}

func kindOf(kind tfprotov6.StringKind) string {
	if kind == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}
