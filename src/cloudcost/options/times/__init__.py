"""How long an option's runs take: steps, data, measurements, interruptions, the calendar."""
