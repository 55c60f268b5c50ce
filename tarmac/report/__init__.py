"""Results made readable: text, tables and charts of a forecast. Never imports the engine.

Nothing here loads pandas or matplotlib before a table or a chart is asked for.
"""
