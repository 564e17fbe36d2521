package shadow

// Stats count what a store has done since it was made. Of the Sampled calls those that are
// neither Compared, Dropped nor Unanswered are still to be compared.
type Stats struct {
	// Reads are the calls of methods that read, outside of transactions.
	Reads uint64
	// Sampled are the reads that Options.Sample chose.
	Sampled uint64
	// Dropped are those of the sample that were not compared because the queue was full
	// or the store closed.
	Dropped uint64
	// Unanswered are those of the sample to which the primary or the secondary had no
	// answer that says anything about rows: its context ended, or the primary panicked or
	// failed for another reason, such as a lost connection.
	Unanswered uint64
	// Compared are those of the sample that were compared, with any result.
	Compared uint64
	// Different are the comparisons that were reported.
	Different uint64
	// Moved are the comparisons in which the answers differed and the primary's second
	// answer differed from its first.
	Moved uint64
	// Panics are the calls of the secondary and of Options.Report that panicked. Those of
	// the secondary are also Compared and Different.
	Panics uint64
	// Writes are the writes, loads and transactions, which went to the primary only.
	Writes uint64
}
