from django.urls import path

from bookings.api import views

urlpatterns = [
    path("book", views.Book.as_view()),
    path("bookings", views.Bookings.as_view()),
    path("bookings/<uuid:pk>", views.OneBooking.as_view()),
    path("bookings/<uuid:pk>/accept", views.Accept.as_view()),
    path("bookings/<uuid:pk>/reject", views.Reject.as_view()),
    path("bookings/<uuid:pk>/cancel", views.Cancel.as_view()),
    path("bookings/<uuid:pk>/reschedule", views.Reschedule.as_view()),
]
