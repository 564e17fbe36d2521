package comparison

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tasktwin/tasktwin/cmd/internal/money"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
)

// Advice returns the sentences that answer the question which policy to take: the
// recommended one by its rule, what it saves and costs against the current one, and how
// sure that is. If assumed is set, nobody has said which policy is the current one.
func (c *Comparison) Advice(price money.Price, assumed bool) []string {
	best, current := &c.Policies[c.Recommended], &c.Policies[c.Current]
	limit := strconv.FormatFloat(100*c.MaxWaitShare, 'g', 6, 64) + " %"
	rule := fmt.Sprintf("Recommended: %s, the cheapest policy under which at most %s of replies wait for a resume (--max-wait-share).",
		best.Policy, limit)
	if !c.Allowed {
		rule = fmt.Sprintf("Under no policy at most %s of replies wait for a resume (--max-wait-share). "+
			"Recommended: %s, with the smallest share.", limit, best.Policy)
	}
	return []string{rule, c.effect(best, current, price, assumed), c.certainty(best, price)}
}

// effect says what a policy changes against the current one.
func (c *Comparison) effect(best, current *Policy, price money.Price, assumed bool) string {
	against := "Against " + current.Policy
	if assumed {
		against += " (--current compares with another policy)"
	}
	replies := waiting(best)
	if best == current {
		return fmt.Sprintf("It is the policy that the others are compared with: %s.", replies)
	}
	saving, whole := best.Saving.Mean, current.Cost
	amount := price.Format
	if price.Amount == 0 {
		saving, whole = current.RunningHours-best.RunningHours, current.RunningHours
		amount = func(v float64) string { return number.Fixed(v, 1) + " running hours" }
	}
	verb := "saves"
	if saving < 0 {
		verb = "adds"
	}
	text := fmt.Sprintf("%s it %s %s", against, verb, amount(math.Abs(saving)))
	if whole > 0 {
		to := "of"
		if saving < 0 {
			to = "to"
		}
		text += fmt.Sprintf(" %s %s (%s)", to, amount(whole), percent(math.Abs(saving)/whole))
	}
	return fmt.Sprintf("%s, and %s, instead of %s.", text, replies, percent(current.WaitShare))
}

// waiting says how many replies wait, and for how long.
func waiting(p *Policy) string {
	text := fmt.Sprintf("%s of replies wait (%s of %s)", percent(p.WaitShare), count(p.Waited), count(p.Answers))
	if p.Waited > 0 {
		text += ", half of them longer than " + number.Seconds(p.WaitP50MS)
	}
	return text
}

// certainty says how much the result depends on the seed.
func (c *Comparison) certainty(best *Policy, price money.Price) string {
	if c.Seeds == 1 {
		return "This is the result of one seed. --seeds 5 says how much it depends on the seed."
	}
	text := fmt.Sprintf("%d of %d seeds give this recommendation by themselves.", c.Agreeing, c.Seeds)
	share, saving := best.WaitShareInterval, best.Saving
	text += fmt.Sprintf(" 95 %% intervals over the seeds: %s to %s of replies wait", number.Percent(*share.Low), percent(*share.High))
	if c.Recommended != c.Current && price.Amount > 0 {
		text += fmt.Sprintf("; the saving is %s to %s", price.Format(*saving.Low), price.Format(*saving.High))
	}
	return text + "."
}

func percent(share float64) string { return number.Percent(share) + " %" }

// count formats a mean of numbers of things.
func count(mean float64) string { return number.Count(int(math.Round(mean))) }
