"""The judgements behind every figure: what one order contributes, what a chart may say, when a target is met. Pure."""
