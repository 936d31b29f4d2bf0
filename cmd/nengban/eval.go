package main

// evalCmd measures what the desk proposes on real messages, by the code the
// desk runs. Nothing is kept: models and indexes live as long as the command.
type evalCmd struct {
	Dispatch  evalDispatchCmd  `cmd:"" help:"Learn labels from messages and measure how often unseen ones get theirs."`
	Retrieval evalRetrievalCmd `cmd:"" help:"Search replies by messages and measure where the right one stands."`
	Hot       evalHotCmd       `cmd:"" help:"Find like messages and hot matters among a year of them and measure against what people found."`
}
