"""What the API's document shows of accounts."""

from __future__ import annotations

ACCOUNT = {
    "id": "019391f0-6c1e-7d2a-8b0c-2f6d1f0b7a11",
    "email": "asha@example.com",
    "name": "Asha Devi Rao",
    "firstName": "Asha",
    "lastName": "Devi Rao",
    "accountType": "consultant",
    "consultantId": "019391f0-6c20-7b44-9d3f-5c1f6f2f9e02",
    "slug": "asha-devi-rao",
}
ADMIN = {
    "id": "019391f0-6c1e-7d2a-8b0c-2f6d1f0b7a99",
    "email": "admin@example.com",
    "name": "Meera Iyer",
    "firstName": "Meera",
    "lastName": "Iyer",
    "accountType": "admin",
}
ME = {
    **ACCOUNT,
    "isEmailVerified": True,
    "isApprovedByAdmin": True,
    "profileCompleted": True,
    "profilePhotoUrl": "https://naksha.example/media/photos/019391f0-6c2a.jpg",
    "subscriptionPlan": "FREE",
    "subscriptionExpiresAt": None,
    "createdAt": "2026-11-24T05:30:00Z",
}
PERMISSIONS = {
    "canLogin": True,
    "canAccessDashboard": True,
    "canCompleteProfile": True,
    "needsEmailVerification": False,
    "needsProfileCompletion": False,
    "needsAdminApproval": False,
}
TOKENS = {"accessToken": "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…", "refreshToken": "qX0d3V…"}
CREDENTIALS = {"email": "asha@example.com", "password": "Monsoon-2026!"}
SIGNUP = {"name": "Asha Devi Rao", **CREDENTIALS, "accountType": "consultant"}
