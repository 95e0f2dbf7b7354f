package otp

import (
	"fmt"
	"regexp/syntax"
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// numberPlan is one calling code with the regions that share it, in the order
// in which the library tries them. It answers in which regions a number that
// begins with some digits can be, exactly as the library would place it:
// regexp has no question about beginnings, so the patterns are run here as one
// automaton, whose states are sets of instructions.
type numberPlan struct {
	regions  []string
	patterns []numberPattern
	insts    []syntax.Inst // of all patterns, one after another
	owner    []int         // the pattern of each instruction
	start    []uint32      // the first state
	reach    map[string]regionSet
}

// numberPattern is one pattern of one region.
type numberPattern struct {
	region  int
	role    patternRole
	lengths []int32 // possible lengths of the national number; nil: any
}

// patternRole says what a match means to the library.
type patternRole int

const (
	// leadingRole: digits that alone place a number in the region.
	leadingRole patternRole = iota
	// generalRole: every number of the region matches.
	generalRole
	// typeRole: and at least one of these, too.
	typeRole
)

// regionSet is a set of indexes into numberPlan.regions. No calling code is
// shared by more than 64 regions; +1 has 25.
type regionSet uint64

// maxNational is the longest national number that E.164 allows, with a margin.
const maxNational = 17

func newNumberPlan(regions []*phonenumbers.PhoneMetadata) (*numberPlan, error) {
	p := &numberPlan{reach: map[string]regionSet{}}
	for i, region := range regions {
		p.regions = append(p.regions, region.GetId())
		if leading := region.GetLeadingDigits(); leading != "" {
			if err := p.add(i, leadingRole, leading, nil); err != nil {
				return nil, err
			}
			continue
		}
		general := region.GetGeneralDesc()
		if err := p.add(i, generalRole, general.GetNationalNumberPattern(), general.GetPossibleLength()); err != nil {
			return nil, err
		}
		for _, desc := range []*phonenumbers.PhoneNumberDesc{
			region.GetFixedLine(), region.GetMobile(), region.GetTollFree(), region.GetPremiumRate(),
			region.GetSharedCost(), region.GetVoip(), region.GetPersonalNumber(), region.GetPager(),
			region.GetUan(), region.GetVoicemail(),
		} {
			if err := p.add(i, typeRole, desc.GetNationalNumberPattern(), desc.GetPossibleLength()); err != nil {
				return nil, err
			}
		}
	}
	p.start = p.closure(p.start)
	return p, nil
}

func (p *numberPlan) add(region int, role patternRole, pattern string, lengths []int32) error {
	if pattern == "" || pattern == "NA" {
		return nil
	}
	parsed, err := syntax.Parse("(?:"+pattern+")", syntax.Perl)
	if err != nil {
		return fmt.Errorf("number pattern of %s: %w", p.regions[region], err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return fmt.Errorf("number pattern of %s: %w", p.regions[region], err)
	}
	offset := uint32(len(p.insts))
	for _, inst := range program.Inst {
		inst.Out += offset
		if inst.Op == syntax.InstAlt || inst.Op == syntax.InstAltMatch {
			inst.Arg += offset
		}
		p.insts = append(p.insts, inst)
		p.owner = append(p.owner, len(p.patterns))
	}
	p.start = append(p.start, uint32(program.Start)+offset)
	p.patterns = append(p.patterns, numberPattern{region: region, role: role, lengths: lengths})
	return nil
}

// closure follows every instruction that reads no digit.
func (p *numberPlan) closure(from []uint32) []uint32 {
	seen := make(map[uint32]bool, 2*len(from))
	var state []uint32
	for len(from) > 0 {
		pc := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch inst := &p.insts[pc]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			from = append(from, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			from = append(from, inst.Out)
		case syntax.InstFail:
		default:
			state = append(state, pc)
		}
	}
	slices.Sort(state)
	return state
}

// step reads one digit. Once leading digits have placed a number in a region,
// only regions that are tried before it still count.
func (p *numberPlan) step(state []uint32, digit rune) []uint32 {
	var next []uint32
	for _, pc := range state {
		inst := &p.insts[pc]
		switch {
		case inst.Op != syntax.InstMatch:
			if inst.MatchRune(digit) {
				next = append(next, inst.Out)
			}
		case p.patterns[p.owner[pc]].role == leadingRole:
			next = append(next, pc)
		}
	}
	next = p.closure(next)
	if placed := p.led(next); placed < len(p.regions) {
		next = slices.DeleteFunc(next, func(pc uint32) bool {
			pattern := p.patterns[p.owner[pc]]
			return pattern.region > placed || pattern.region == placed && p.insts[pc].Op != syntax.InstMatch
		})
	}
	return next
}

// led is the first region that leading digits have placed the number in, or
// the number of regions.
func (p *numberPlan) led(state []uint32) int {
	first := len(p.regions)
	for _, pc := range state {
		if pattern := p.patterns[p.owner[pc]]; pattern.role == leadingRole && p.insts[pc].Op == syntax.InstMatch {
			first = min(first, pattern.region)
		}
	}
	return first
}

// placed is the region of a national number that ends in the state, -1: none.
func (p *numberPlan) placed(state []uint32, length int) int {
	var general, typed regionSet
	first := p.led(state)
	for _, pc := range state {
		pattern := p.patterns[p.owner[pc]]
		if p.insts[pc].Op != syntax.InstMatch || pattern.role == leadingRole {
			continue
		}
		if len(pattern.lengths) > 0 && !slices.Contains(pattern.lengths, int32(length)) {
			continue
		}
		if pattern.role == generalRole {
			general |= 1 << pattern.region
		} else {
			typed |= 1 << pattern.region
		}
	}
	for region := range first {
		if general&typed&(1<<region) != 0 {
			return region
		}
	}
	if first < len(p.regions) {
		return first
	}
	return -1
}

// possible is the set of regions in which a number can be that got to the
// state with some digits.
func (p *numberPlan) possible(state []uint32, length int) regionSet {
	if len(state) == 0 || length > maxNational {
		return 0
	}
	if first := p.led(state); first < len(p.regions) && len(state) == 1 {
		return 1 << first // nothing can change that any more
	}
	key := stateKey(state, length)
	if set, known := p.reach[key]; known {
		return set
	}
	var set regionSet
	if region := p.placed(state, length); region >= 0 {
		set = 1 << region
	}
	for digit := '0'; digit <= '9'; digit++ {
		set |= p.possible(p.step(state, digit), length+1)
	}
	p.reach[key] = set
	return set
}

// reachable is the set of regions in which a number of the plan can be that
// begins with some digits of its national number.
func (p *numberPlan) reachable(national string) regionSet {
	state := p.start
	for _, digit := range national {
		state = p.step(state, digit)
	}
	return p.possible(state, len(national))
}

func stateKey(state []uint32, length int) string {
	key := make([]byte, 0, 4*len(state)+1)
	key = append(key, byte(length))
	for _, pc := range state {
		key = append(key, byte(pc), byte(pc>>8), byte(pc>>16))
	}
	return string(key)
}
