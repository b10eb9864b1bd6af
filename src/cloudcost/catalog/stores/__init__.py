"""Where data sets lie: object stores of other clouds than AWS, and what encrypting objects asks for."""
