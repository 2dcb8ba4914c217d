"""The pages people look at: server-rendered, every act a real form, script only to improve them.

A view reads the request, calls one function of a domain room or of analytics, and renders a template.
No rule, no arithmetic and no SQL of the trade belongs here.
"""
